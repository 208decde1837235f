// The browser comes from the system and must not look for anything on the network by itself.

const installed = process.platform === "linux" ? { executablePath: "/usr/bin/chromium" } : { channel: "chrome" };

export const CHROMIUM = {
  ...installed,
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
};
