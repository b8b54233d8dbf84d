// Signs and verifies with other people's JWT libraries: jobs come as JSON on
// standard input, results go to standard output in the same order.
// SPDX-License-Identifier: Apache-2.0
"use strict";

const crypto = require("node:crypto");
const fs = require("node:fs");
const { createRequire } = require("node:module");
const { pathToFileURL } = require("node:url");

// The packages lie below build, not beside this file.
const installed = createRequire(process.argv[2] + "/");

async function libraries() {
    const jsonwebtoken = installed("jsonwebtoken");
    const jose = await import(pathToFileURL(installed.resolve("jose")));
    return {
        jsonwebtoken: {
            sign: (job) =>
                jsonwebtoken.sign(job.claims, job.key, {
                    algorithm: "RS256", header: job.header,
                }),
            verify: (job) =>
                jsonwebtoken.verify(job.token, job.key, {
                    algorithms: ["RS256"], ...job.expected,
                }),
        },
        jose: {
            sign: (job) =>
                new jose.SignJWT(job.claims)
                    .setProtectedHeader({ alg: "RS256", ...job.header })
                    .sign(crypto.createPrivateKey(job.key)),
            verify: async (job) =>
                (await jose.jwtVerify(job.token,
                    crypto.createPublicKey(job.key),
                    { algorithms: ["RS256"], ...job.expected })).payload,
        },
        // With the key as signer-host exports it for servers.
        "jose-jwks": {
            verify: async (job) =>
                (await jose.jwtVerify(job.token,
                    jose.createLocalJWKSet(JSON.parse(job.key)),
                    { algorithms: ["RS256"], ...job.expected })).payload,
        },
    };
}

async function main() {
    const known = await libraries();
    const results = [];
    for (const job of JSON.parse(fs.readFileSync(0, "utf8"))) {
        try {
            results.push({ value: await known[job.library][job.does](job) });
        } catch (error) {
            results.push({ error: `${error.name}: ${error.message}` });
        }
    }
    console.log(JSON.stringify(results));
}

main();
