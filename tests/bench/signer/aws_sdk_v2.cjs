// Mints tokens as an AWS KMS example in Node.js does: aws-sdk v2 and the
// base64url package. argv: modules, key id, count, in flight.
// SPDX-License-Identifier: Apache-2.0
"use strict";

const { createRequire } = require("node:module");
const https = require("node:https");
const { mintMany } = require("./mint_many.cjs");

process.env.AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE = "1";
const [modules, KeyId, count, inFlight] = process.argv.slice(2);
const installed = createRequire(modules + "/");
const AWS = installed("aws-sdk");
const base64url = installed("base64url");

const kms = new AWS.KMS({
    endpoint: process.env.AWS_ENDPOINT_URL_KMS,
    httpOptions: { agent: new https.Agent({ keepAlive: true,
        maxSockets: Number(inFlight) }) },
});

async function mint(claims) {
    const parts = [{ alg: "RS256", typ: "JWT" }, claims].map((part) =>
        base64url(JSON.stringify(part)));
    const answer = await kms.sign({
        KeyId,
        Message: Buffer.from(parts.join(".")),
        SigningAlgorithm: "RSASSA_PKCS1_V1_5_SHA_256",
        MessageType: "RAW",
    }).promise();
    return [...parts, base64url(answer.Signature)].join(".");
}

mintMany(mint, Number(count), Number(inFlight));
