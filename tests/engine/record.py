"""Writes the behaviours down as data, for the test that plays them without Python or the engine.

usage: record.py > ../fixtures/engine-behaviours.jsonl

A line is one behaviour: what the engine made of it (from verdicts.json), and its replies by what is asked. A key
of `replies` is the route, how the key is sent, the model, the form and the scene; `*` means any. `first` comes
before all others, once each; `refuses` before the rest, for requests that have the part that it names.
Pauses are left out. To be run again after behaviours.py or what the check asks was changed.
"""
import itertools, json, sys, time
from pathlib import Path
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import behaviours, gateway
from gateway import KEY, MODELS, PREFIX, Behaviour, Gateway, Request

RESULT = "The last word of this file is secret-kestrel"
READ = {"name": "Read", "input_schema": {"type": "object", "properties": {"file_path": {"type": "string"}}, "required": ["file_path"]}}
READY = {"name": "report_ready", "input_schema": {"type": "object", "properties": {}, "required": []}}
SCENES = {"tool": {}, "forced-Read": {"tool_choice": {"type": "tool", "name": "Read"}}, "forced-report_ready": {"tool_choice": {"type": "tool", "name": "report_ready"}},
          "text": {}, "result": {}, "tiny": {"max_tokens": 1}}
SCHEMES = {"bearer": {"authorization": f"Bearer {KEY}"}, "x-api-key": {"x-api-key": KEY}, "none": {}}
# The part for which a behaviour refuses a request: the test has a function for each.
REFUSES = {"any-beta-400": "betas", "beta-query-404": "query", "output-config-400": "output_config", "thinking-400": "thinking", "context-management-400": "context_management",
           "cache-control-400": "cache_control", "role-system-400": "role_system", "system-list-400": "system_list", "max-tokens-8192": "max_tokens", "many-tools-400": "many_tools",
           "schema-strict-400": "schema", "tool-choice-400": "tool_choice", "claude-code-only": "other_client", "role-system-foreign": "role_system", "effort-worded": "output_config",
           "adaptive-worded": "adaptive", "metadata-400": "metadata", "defer-loading-400": "tool_fields", "new-betas-400": "new_betas", "413-page": "large", "tools-500": "tools"}


class Still:
    """A gateway that is asked without a network."""
    nth, answer = Gateway.nth, Gateway.answer

    def __init__(self, behaviour):
        import threading
        self.b, self.counts, self.lock = behaviour, {}, threading.Lock()


def asked(scheme, model, stream, scene, more=()):
    prompt = {"text": "Call the tool report_ready now.", "tiny": "."}.get(scene, "READ THE FILE /tmp/airouter-setup-check.txt now")
    turns = [{"role": "user", "content": prompt}]
    if scene == "result":
        turns += [{"role": "assistant", "content": [{"type": "tool_use", "id": "t", "name": "Read", "input": {"file_path": "/tmp/airouter-setup-check.txt"}}]},
                  {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "content": RESULT}]}]
    body = {"model": model, "max_tokens": 64000, "messages": turns, "stream": stream, **SCENES[scene], **dict(more)}
    if scene != "tiny":
        body.update({"tools": [READY, READ], "thinking": {"type": "adaptive"}} if "tool_choice" not in body else {"tools": [READY, READ]})
    headers = {**SCHEMES[scheme], "accept-encoding": "gzip, deflate, br, zstd", "user-agent": "airouter-setup"}
    return Request("POST", PREFIX + "/v1/messages", list(headers.items()), json.dumps(body).encode(), 0)


def listed(scheme):
    return Request("GET", PREFIX + "/v1/models", list({**SCHEMES[scheme], "accept-encoding": "gzip, deflate, br, zstd"}.items()), b"", 0)


def written(reply, model=None):
    def text(data):
        try:
            said = data.decode()
        except UnicodeDecodeError:
            return {"hex": data.hex()}
        return said.replace(model, "@MODEL@") if model else said
    parts = [text(p) for p in (reply.body if isinstance(reply.body, list) else [reply.body]) if isinstance(p, bytes) and p]
    out = {"status": reply.status, "headers": reply.headers, "body": parts}
    for name, usual in (("framing", "length"), ("cut", False), ("version", "1.1")):
        if getattr(reply, name) != usual:
            out[name] = getattr(reply, name)
    return out


def answered(g, request, model=None):
    gateway.NUMBERS = itertools.count(1)
    request.together = 1
    return written(g.answer(request), model)


def line(b, verdict):
    e = verdict["engine"]
    works = e["text"]["works"] and e["tool"]["works"]
    ways = {a.split()[0] for a in e["text"]["asked"]}
    out = {"name": b.name, "kind": b.kind, "text": b.text, "works": works, "by_fallback": works and {"stream", "whole"} <= ways}
    short = b.name.split("-", 1)[1]
    hooks = dict(b.hooks)
    if short in REFUSES and b.kind in ("request", "error"):
        big = {"output_config": {}, "thinking": {"type": "adaptive"}, "metadata": {}, "context_management": {}, "system": [{"cache_control": {}}], "tool_choice": {"type": "auto"},
               "tools": [{"name": str(n), "input_schema": {"$schema": ""}, "defer_loading": True} for n in range(20)], "messages": [{"role": "system", "content": "x" * 70000}]}
        request = asked("bearer", "claude-sonnet-5", True, "tool", big.items())
        request.body.update(big)
        request.query, request.low["anthropic-beta"] = "beta=true", "new-beta"
        hook = hooks.pop("messages")
        out["refuses"] = {"part": REFUSES[short], "reply": written(hook(request, Still(b)))}
    elif b.kind == "pace":
        g, out["first"] = Still(b), []
        good = answered(Still(Behaviour("", "", "")), asked("bearer", "claude-sonnet-5", True, "tool"))
        while (said := answered(g, asked("bearer", "claude-sonnet-5", True, "tool")))["status"] != 200 or said.get("cut"):
            out["first"].append(said)
        assert said == good, b.name
        hooks = {k: v for k, v in hooks.items() if k == "models"}
    b = Behaviour(b.name, b.kind, b.text, **hooks)
    g, replies = Still(b), {}
    for scheme in SCHEMES:
        replies[f"models {scheme}"] = answered(g, listed(scheme))
    # Only where models matter is each of them asked for; elsewhere what is sent is the same to the byte.
    ids = [*MODELS, "claude-opus-5-5", "claude-opus-4-1-20250805"] if b.kind == "model" else MODELS[:1]
    for stream, scene in itertools.product((True, False), SCENES):
        table = {(s, m): answered(g, asked(s, m, stream, scene), m if b.kind == "model" else None) for s in ("bearer", "x-api-key") for m in ids}
        form = "stream" if stream else "whole"
        said = {json.dumps(v, sort_keys=True) for v in table.values()}
        per_scheme = {s: {json.dumps(table[s, m], sort_keys=True) for m in ids} for s in ("bearer", "x-api-key")}
        if len(said) == 1:
            replies[f"messages * * {form} {scene}"] = table["bearer", ids[0]]
        elif all(len(v) == 1 for v in per_scheme.values()):
            replies.update({f"messages {s} * {form} {scene}": table[s, ids[0]] for s in per_scheme})
        else:
            assert all(table["bearer", m] == table["x-api-key", m] for m in ids), b.name
            replies.update({f"messages * {m} {form} {scene}": table["bearer", m] for m in ids})
    out["replies"] = replies
    return out


def main():
    behaviours.time = time
    time.sleep = lambda seconds: None
    verdicts = {r["name"]: r for r in json.loads((HERE / "verdicts.json").read_text())["results"]}
    usual = {}
    for b in behaviours.ALL:
        if b.name not in verdicts:
            continue
        row = line(b, verdicts[b.name])
        if not usual:
            usual = row["replies"]            # the first is healthy: the others name only what differs
            as_model = {k: json.loads(json.dumps(v).replace(MODELS[0], "@MODEL@")) if k.startswith("messages") else v for k, v in usual.items()}
        else:
            row["replies"] = {k: v for k, v in row["replies"].items() if usual.get(k) != v and as_model.get(k) != v}
        print(json.dumps(row, ensure_ascii=False))


if __name__ == "__main__":
    main()
