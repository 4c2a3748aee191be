// Starts a real Bluesky server (PDS) with its directory of identities, all on loopback and in memory or a folder.
//
//   node start.cjs INSTALLED_IN DATA PDS_PORT PLC_PORT VIEW_PORT
//
// Prints "ready" when it listens, ends when its standard input closes. Numbers of likes live in a further server of the
// network, the AppView, which is too large to start here: a stand-in tells fixed numbers, so that reading them at
// least passes through the real server. Records and who answered whom it reads from the real server itself.
const crypto = require("node:crypto");
const http = require("node:http");
const path = require("node:path");
const { createRequire } = require("node:module");

const [installedIn, data, pdsPort, plcPort, viewPort] = process.argv.slice(2);
const need = createRequire(path.join(installedIn, "package.json"));
const plc = need("@did-plc/server");
const { PDS, envToCfg, envToSecrets } = need("@atproto/pds");

const COUNTS = { likeCount: 7, repostCount: 3, replyCount: 2, quoteCount: 1, indexedAt: "2026-11-22T12:00:00.000Z" };

async function pds(method, params) {
  const answer = await fetch(`http://localhost:${pdsPort}/xrpc/${method}?${new URLSearchParams(params)}`);
  return answer.json();
}

async function shown(uri) {
  const [repo, collection, rkey] = uri.slice(5).split("/");
  const { cid, value } = await pds("com.atproto.repo.getRecord", { repo, collection, rkey });
  return cid ? [{ uri, cid, author: { did: repo, handle: "caleg.test" }, record: value, ...COUNTS }] : [];
}

// Answers in the threads of whoever asks, newest first.
async function notifications(request) {
  const token = (request.headers.authorization || "").split(".")[1] || "";
  const who = JSON.parse(Buffer.from(token, "base64url").toString() || "{}").iss;
  const found = [];
  for (const { did } of (await pds("com.atproto.sync.listRepos", {})).repos) {
    if (did === who) continue;
    const { records } = await pds("com.atproto.repo.listRecords", { repo: did, collection: "app.bsky.feed.post" });
    for (const { uri, cid, value } of records) {
      if (!value.reply || !value.reply.root.uri.includes(who)) continue;
      const author = { did, handle: "sri.test", displayName: "Sri Lestari" };
      const told = { uri, cid, author, record: value, reason: "reply", reasonSubject: value.reply.parent.uri };
      found.push({ ...told, isRead: false, indexedAt: value.createdAt, labels: [] });
    }
  }
  return found.sort((a, b) => (a.indexedAt < b.indexedAt ? 1 : -1));
}

async function view(request, response) {
  const asked = new URL(request.url, "http://localhost");
  let answer = {};
  if (asked.pathname.endsWith("app.bsky.feed.getPosts")) {
    answer = { posts: (await Promise.all(asked.searchParams.getAll("uris").map(shown))).flat() };
  } else if (asked.pathname.endsWith("app.bsky.notification.listNotifications")) {
    answer = { notifications: await notifications(request), reasons: asked.searchParams.getAll("reasons") };
  } else if (asked.pathname.endsWith("app.bsky.actor.getProfile")) {
    answer = { did: asked.searchParams.get("actor"), handle: "caleg.test", followersCount: 40, followsCount: 5, postsCount: 2 };
  }
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify(answer));
}

async function main() {
  const directory = plc.PlcServer.create({ db: plc.Database.mock(), port: Number(plcPort) });
  await directory.start();
  http.createServer(view).listen(Number(viewPort), "127.0.0.1");

  const key = () => crypto.randomBytes(32).toString("hex");
  const env = {
    devMode: true,
    port: Number(pdsPort),
    hostname: "localhost",
    dataDirectory: data,
    blobstoreDiskLocation: path.join(data, "blobs"),
    blobstoreDiskTmpLocation: path.join(data, "blobs-temp"),
    didPlcUrl: `http://localhost:${plcPort}`,
    bskyAppViewUrl: `http://127.0.0.1:${viewPort}`,
    bskyAppViewDid: "did:web:view.test",
    serviceHandleDomains: [".test"],
    inviteRequired: false,
    disableSsrfProtection: true,
    jwtSecret: key(),
    adminPassword: key(),
    dpopSecret: key(),
    plcRotationKeyK256PrivateKeyHex: key(),
  };
  const server = await PDS.create(envToCfg(env), envToSecrets(env));
  await server.start();
  process.stdin.on("end", () => process.exit(0)).resume();
  console.log("ready");
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
