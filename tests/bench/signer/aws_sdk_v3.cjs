// Mints tokens with @aws-sdk/client-kms v3. argv: modules, key id, count, in
// flight.
// SPDX-License-Identifier: Apache-2.0
"use strict";

const { createRequire } = require("node:module");
const https = require("node:https");
const { mintMany } = require("./mint_many.cjs");

const [modules, KeyId, count, inFlight] = process.argv.slice(2);
const installed = createRequire(modules + "/");
const { KMSClient, SignCommand } = installed("@aws-sdk/client-kms");

const kms = new KMSClient({
    requestHandler: { httpsAgent: new https.Agent({ keepAlive: true,
        maxSockets: Number(inFlight) }) },
});

async function mint(claims) {
    const parts = [{ alg: "RS256", typ: "JWT" }, claims].map((part) =>
        Buffer.from(JSON.stringify(part)).toString("base64url"));
    const answer = await kms.send(new SignCommand({
        KeyId,
        Message: Buffer.from(parts.join(".")),
        SigningAlgorithm: "RSASSA_PKCS1_V1_5_SHA_256",
        MessageType: "RAW",
    }));
    return [...parts, Buffer.from(answer.Signature).toString("base64url")]
        .join(".");
}

mintMany(mint, Number(count), Number(inFlight));
