import { mount } from "svelte";

import App from "./App.svelte";
import { tauri } from "./lib/backend/tauri";
import "./styles/index.css";

// The mode is a constant of the build, so the fake is not even present in the real program.
const backend =
  import.meta.env.MODE === "fake"
    ? (await import("./lib/backend/fake")).fakeFromAddress(location.search)
    : tauri;

const target = document.getElementById("app");
if (target) mount(App, { target, props: { backend } });
