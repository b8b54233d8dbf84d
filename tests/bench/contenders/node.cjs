// jsonwebtoken and jose as contenders: argv is the packages' folder, the
// library, the key. The commands are those of main.c.
// SPDX-License-Identifier: Apache-2.0
"use strict";

const crypto = require("node:crypto");
const fs = require("node:fs");
const readline = require("node:readline");
const { createRequire } = require("node:module");
const { pathToFileURL } = require("node:url");

const [modules, library, pem] = process.argv.slice(2);
const installed = createRequire(modules + "/");
const key = crypto.createPublicKey(fs.readFileSync(pem));
const options = { algorithms: ["RS256"] };

async function verifier() {
    if (library === "jsonwebtoken") {
        const { verify } = installed("jsonwebtoken");
        return (token) => verify(token, key, options);
    }
    const { jwtVerify } = await import(
        pathToFileURL(installed.resolve("jose")));
    return (token) => jwtVerify(token, key, options);
}

async function time(verify, token, milliseconds) {
    const start = process.cpuUsage();
    let count = 0;
    let spent;
    do {
        for (let i = 0; i < 50; i++) await verify(token);
        count += 50;
        const { user, system } = process.cpuUsage(start);
        spent = user + system;
    } while (spent < milliseconds * 1000);
    return `${count} ${spent * 1000}`;
}

async function main() {
    const verify = await verifier();
    let token = "";
    for await (const line of readline.createInterface(process.stdin)) {
        const [command, argument, number] = line.split(" ");
        let answer = "absent";
        if (command === "token") {
            token = argument;
            answer = "ok";
        } else if (command === "verify") {
            try {
                await verify(token);
                answer = "accepted";
            } catch {
                answer = "refused";
            }
        } else if (command === "time") {
            answer = await time(verify, token, number);
        }
        console.log(answer);
    }
}

main();
