// A KMS with one RSA-2048 key over HTTPS that answers after 10 ms: Sign and
// GetPublicKey, for tests/bench/signer/run. It checks no signatures of
// requests, and signs a message only once: the clients are measured, and it
// must not be what they wait for. argv: certificate and key, the KMS key, the
// delay in milliseconds. Prints its port, and ends with its standard input.
// SPDX-License-Identifier: Apache-2.0
"use strict";

const crypto = require("node:crypto");
const fs = require("node:fs");
const https = require("node:https");

const ARN = "arn:aws:kms:eu-central-1:111122223333:key/" +
    "1234abcd-12ab-34cd-56ef-1234567890ab";
const ALGORITHM = "RSASSA_PKCS1_V1_5_SHA_256";

const [tls, pem, delay] = process.argv.slice(2);
const key = crypto.createPrivateKey(fs.readFileSync(pem));
const signed = new Map();

function sign(message, type) {
    if (type !== "DIGEST")
        return crypto.sign("sha256", message, key);
    // DigestInfo of SHA-256 (RFC 8017 9.2, note 1) before the digest.
    return crypto.privateEncrypt(key, Buffer.concat([
        Buffer.from("3031300d060960864801650304020105000420", "hex"),
        message]));
}

const operations = {
    GetPublicKey: () => ({
        KeyId: ARN, KeySpec: "RSA_2048", CustomerMasterKeySpec: "RSA_2048",
        KeyUsage: "SIGN_VERIFY", SigningAlgorithms: [ALGORITHM],
        PublicKey: crypto.createPublicKey(key).export(
            { type: "spki", format: "der" }).toString("base64"),
    }),
    Sign: ({ Message, MessageType = "RAW" }) => {
        const name = MessageType + Message;
        if (!signed.has(name))
            signed.set(name, sign(Buffer.from(Message, "base64"),
                MessageType).toString("base64"));
        return { KeyId: ARN, Signature: signed.get(name),
            SigningAlgorithm: ALGORITHM };
    },
};

function answer(request, response, body) {
    const operation = request.headers["x-amz-target"].split(".")[1];
    const text = JSON.stringify(operations[operation](JSON.parse(body)));
    setTimeout(() => {
        response.writeHead(200, {
            "Content-Type": "application/x-amz-json-1.1",
            "Content-Length": text.length,
            "x-amzn-RequestId": "5f3a9f5e-0d0b-4f6c-9f0e-0123456789ab",
        });
        response.end(text);
    }, delay);
}

const server = https.createServer({
    key: fs.readFileSync(tls), cert: fs.readFileSync(tls),
    keepAlive: true, noDelay: true, keepAliveTimeout: 60000,
}, (request, response) => {
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => answer(request, response, Buffer.concat(parts)));
});

process.stdin.on("end", () => process.exit(0)).resume();
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
