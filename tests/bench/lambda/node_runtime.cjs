// An AWS Lambda function in Node.js that signs as the KMS example for it does,
// aws-sdk v2 and the base64url package, on a runtime of a few lines, which costs
// less than Lambda's own. argv: modules, key id.
// SPDX-License-Identifier: Apache-2.0
"use strict";

const { createRequire } = require("node:module");
const http = require("node:http");
const https = require("node:https");

process.env.AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE = "1";
const [modules, KeyId] = process.argv.slice(2);
const installed = createRequire(modules + "/");
const AWS = installed("aws-sdk");
const base64url = installed("base64url");

const kms = new AWS.KMS({
    endpoint: process.env.AWS_ENDPOINT_URL_KMS,
    httpOptions: { agent: new https.Agent({ keepAlive: true }) },
});

async function handler(claims) {
    const parts = [{ alg: "RS256", typ: "JWT" }, claims].map((part) =>
        base64url(JSON.stringify(part)));
    const answer = await kms.sign({
        KeyId,
        Message: Buffer.from(parts.join(".")),
        SigningAlgorithm: "RSASSA_PKCS1_V1_5_SHA_256",
        MessageType: "RAW",
    }).promise();
    return { token: [...parts, base64url(answer.Signature)].join(".") };
}

const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
const agent = new http.Agent({ keepAlive: true });

function call(method, path, body) {
    return new Promise((resolve, reject) => {
        const request = http.request({ host, port, agent, method,
            path: "/2018-06-01/runtime/invocation/" + path }, (response) => {
            const parts = [];
            response.on("data", (part) => parts.push(part));
            response.on("end", () => resolve({ headers: response.headers,
                text: Buffer.concat(parts).toString() }));
        });
        request.on("error", reject);
        request.end(body);
    });
}

async function main() {
    for (;;) {
        const event = await call("GET", "next");
        const id = event.headers["lambda-runtime-aws-request-id"];
        const result = await handler(JSON.parse(event.text));
        await call("POST", id + "/response", JSON.stringify(result));
    }
}

main();
