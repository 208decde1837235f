// What only the command line says, in Chinese first. The window does not read it: a test writes it, with
// the window's own words, into the command line's table.

const zh = {
  askKey: "请粘贴密钥，按回车（不会显示）：",
  askQuit: "Claude Desktop正在运行，需要先退出，没发送的文字可能会丢失。现在退出吗？",
  models: "可以在Claude里使用的模型（*为推荐）：",
  dropped: "Claude不会显示的模型：",
  changes: "改动的文件：",
  steps: "步骤：",
  carryable: "加上--carry-over，可以一并写进新配置的设置：",
  values: "逐项核对：",
  expected: "应该是",
  restored: "恢复的值：",
  left: "没有动的值（后来被改过）：",
  proof: "Claude日志里的证据：",
  files: "导出的文件：",
  link: "预设的链接：",
  absent: "（没有）",
  unchanged: "一切都已经是这样，没有改动任何东西。",
  exported: "已导出。",
  dryRun: "以上只是预演，没有改动任何东西。",
  forAdministrator:
    "给网管的说明：这台电脑上的Claude Desktop由单位统一配置，本机的设置不生效。请在单位的Claude设置里把inferenceProvider设为gateway，inferenceGatewayBaseUrl设为{base}；在一台能接入的电脑上运行airouter-setup-cli export，可以得到做好的配置文件。",
  cost: "这次检查向服务器发了{requests}次请求，大约用了{tokens}个词元（计费单位）。",
  allWell: "一切正常。",
  noCode: "没有编号{word}。相近的有：{near}",
  noScenario: "没有情景“{word}”。用rehearse --list查看全部。",
  noCommand: "没有“{word}”这个命令。",
  missingCommand: "还没有写命令，例如check。",
  noArgument: "没有“{word}”这个参数。",
  missingArgument: "还缺少：{word}",
  missingValue: "“{word}”后面还缺少内容。",
  badValue: "“{word}”不能是“{value}”。",
  conflict: "“{word}”不能和“{other}”一起用。",
  misused: "用法不对。",
  seeHelp: "加上--help可以查看用法。",
};

export type TerminalWords = typeof zh;
export const terminalZhCN: TerminalWords = zh;
