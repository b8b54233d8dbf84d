// Mints a token the way that an AWS KMS example in Node.js does: a header of
// `alg` and `typ`, the base64url package, and kms.sign of aws-sdk v2 with the
// whole signing input. argv: modules, endpoint, key id, claims. Credentials
// and Region come from the environment.
// SPDX-License-Identifier: Apache-2.0
"use strict";

const { createRequire } = require("node:module");

process.env.AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE = "1";
const [modules, endpoint, KeyId, claims] = process.argv.slice(2);
const installed = createRequire(modules + "/");
const AWS = installed("aws-sdk");
const base64url = installed("base64url");

async function main() {
    const kms = new AWS.KMS({ endpoint });
    const header = { alg: "RS256", typ: "JWT" };
    const parts = [header, JSON.parse(claims)].map((part) =>
        base64url(JSON.stringify(part)));
    const answer = await kms.sign({
        KeyId,
        Message: Buffer.from(parts.join(".")),
        SigningAlgorithm: "RSASSA_PKCS1_V1_5_SHA_256",
        MessageType: "RAW",
    }).promise();
    console.log([...parts, base64url(answer.Signature)].join("."));
}

main().catch((error) => {
    console.error(`${error.code}: ${error.message}`);
    process.exitCode = 1;
});
