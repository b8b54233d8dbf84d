/*
 * An independent, strict reading of RFC 7515, 7519 and 8725 with this
 * project's documented decisions, over jose and momoa, to hold kjwt_verify()
 * against. It shares no code with it, and decides on its own in the order that
 * is easiest here. Requests and answers: oracle.c.
 * SPDX-License-Identifier: Apache-2.0
 */
import { createRequire } from "node:module";
import { writeSync } from "node:fs";
import { pathToFileURL } from "node:url";
import path from "node:path";

const modules = path.resolve(process.env.KJWT_FUZZ_NODE, "package.json");
const require = createRequire(pathToFileURL(modules));
const jose = await import(pathToFileURL(require.resolve("jose")));
const momoa = require("@humanwhocodes/momoa");

const NOW = 1800000000;
const LAST_DATE = 253402300799; // 9999-12-31T23:59:59Z
const MAX_TOKEN = 4096, MAX_JSON_TOKENS = 48, MAX_DEPTH = 8;

const key = await jose.importSPKI(process.env.KJWT_FUZZ_PEM, "RS256");

class Refused extends Error {}

function require_(holds, why) {
    if (!holds) throw new Refused(why);
}

function policyOf(rules) {
    const has = (letter) => rules.includes(letter);
    const unknown = has("n") || has("e");
    return {
        issuer: has("i") ? "bench-7" : undefined,
        subject: has("s") ? "dev-1" : undefined,
        audience: has("a") ? "device-01" : undefined,
        typ: has("t") ? "at+jwt" : undefined,
        expOptional: has("o"),
        unknownOk: has("u"),
        leeway: has("L") ? 4294967295 : has("l") ? 60 : 0,
        maxAge: has("m") ? 3600 : 0,
        now: unknown ? undefined : NOW,
        twoKeys: has("k"),
    };
}

// RFC 4648 5 without padding, in its one spelling.
function decode(part) {
    const bytes = Buffer.from(part, "base64url");
    require_(part !== "" && bytes.toString("base64url") === part, "base64url");
    return bytes;
}

function checkString(text) {
    require_(text.isWellFormed() && !text.includes("\0"), "string");
}

// Counts what jsmn counts, and refuses what JSON.parse() overlooks.
function walk(node, depth, state) {
    state.count++;
    switch (node.type) {
    case "Object": {
        const names = new Set();
        require_(depth < MAX_DEPTH, "depth");
        for (const member of node.members) {
            const name = member.name.value;
            checkString(name);
            require_(!names.has(name), "duplicate");
            names.add(name);
            state.count++;
            walk(member.value, depth + 1, state);
        }
        break;
    }
    case "Array":
        require_(depth < MAX_DEPTH, "depth");
        for (const element of node.elements)
            walk(element.value, depth + 1, state);
        break;
    case "String":
        checkString(node.value);
        break;
    }
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

// The object, and the text of its own numbers.
function parse(bytes) {
    const text = utf8.decode(bytes);
    const object = JSON.parse(text);
    const tree = momoa.parse(text, { ranges: true }).body;
    const state = { count: 0 };
    const raw = new Map();

    walk(tree, 0, state);
    require_(state.count <= MAX_JSON_TOKENS, "JSON tokens");
    require_(tree.type === "Object", "no object");
    for (const { name, value } of tree.members)
        raw.set(name.value, text.slice(...value.range));
    return { object, raw };
}

function own(object, name) {
    return Object.hasOwn(object, name) ? object[name] : undefined;
}

function checkHeader({ object }, policy) {
    require_(own(object, "alg") === "RS256", "alg");
    require_(!Object.hasOwn(object, "crit"), "crit");
    require_(!Object.hasOwn(object, "b64"), "b64");
    const typ = own(object, "typ");
    const kid = own(object, "kid");
    const short = (text) =>
        text.replace(/[A-Z]/g, (c) => c.toLowerCase())
            .replace(/^application\//, "");
    if (typ === undefined)
        require_(policy.typ === undefined, "typ");
    else
        require_(typeof typ === "string" &&
                 short(typ) === (policy.typ ?? "jwt"), "typ");
    require_(kid === undefined || typeof kid === "string", "kid");
    // The token is signed by "one".
    if (policy.twoKeys) require_(kid === "one", "kid");
}

// RFC 7519 2, without exponents and signs: rounded down, and up.
function dateOf({ object, raw }, name) {
    if (!Object.hasOwn(object, name)) return undefined;
    const text = raw.get(name);
    require_(/^[0-9]+(\.[0-9]+)?$/.test(text), name);
    const [whole, fraction = ""] = text.split(".");
    require_(BigInt(whole) <= BigInt(LAST_DATE), name);
    return { down: Number(whole),
             up: Number(whole) + (/[1-9]/.test(fraction) ? 1 : 0) };
}

function checkTimes(claims, policy) {
    const exp = dateOf(claims, "exp");
    const nbf = dateOf(claims, "nbf");
    const iat = dateOf(claims, "iat");
    const { now, leeway, maxAge } = policy;
    require_(exp || policy.expOptional, "exp missing");
    if (now === undefined) {
        require_(policy.unknownOk || !(exp || nbf || maxAge), "time unknown");
        return;
    }
    require_(!exp || now - leeway < exp.down, "expired");
    require_(!nbf || nbf.up <= now + leeway, "nbf");
    if (maxAge === 0) return;
    require_(iat && iat.up <= now + leeway, "iat");
    require_(now - iat.down <= maxAge + leeway, "too old");
}

function checkClaims(claims, policy) {
    const { object } = claims;
    for (const [name, expected] of [["iss", policy.issuer],
                                    ["sub", policy.subject],
                                    ["jti", undefined]]) {
        const value = own(object, name);
        require_(value === undefined || typeof value === "string", name);
        require_(expected === undefined || value === expected, name);
    }
    const aud = own(object, "aud");
    if (aud === undefined) {
        require_(policy.audience === undefined, "aud");
    } else {
        const list = Array.isArray(aud) ? aud : [aud];
        require_(list.every((one) => typeof one === "string"), "aud");
        require_(list.includes(policy.audience), "aud");
    }
    checkTimes(claims, policy);
}

// What jose refuses on its own is refused.
async function checkJose(token, policy) {
    const options = {
        algorithms: ["RS256"], issuer: policy.issuer, typ: policy.typ,
        subject: policy.subject, audience: policy.audience,
        currentDate: new Date(NOW * 1000),
        clockTolerance: policy.now === undefined ? Number.MAX_SAFE_INTEGER
                                                 : policy.leeway,
    };
    await jose.jwtVerify(token, key, options);
}

async function verdict(rules, token) {
    const policy = policyOf(rules);
    try {
        require_(token.length <= MAX_TOKEN, "length");
        const text = token.toString("latin1");
        const parts = text.split(".");
        require_(parts.length === 3, "parts");
        const [header, claims] = parts.slice(0, 2).map(decode);
        decode(parts[2]);
        checkHeader(parse(header), policy);
        checkClaims(parse(claims), policy);
        await checkJose(text, policy);
        return "A\n";
    } catch (error) {
        const why = error.message.slice(0, 200).replace(/[^ -~]/g, "?");
        return `R ${why}\n`;
    }
}

let pending = Buffer.alloc(0);

for await (const chunk of process.stdin) {
    pending = Buffer.concat([pending, chunk]);
    for (;;) {
        if (pending.length < 5) break;
        const rulesEnd = 5 + pending[0];
        const end = rulesEnd + pending.readUInt32LE(1);
        if (pending.length < end) break;
        writeSync(1, await verdict(pending.toString("latin1", 5, rulesEnd),
                                   pending.subarray(rulesEnd, end)));
        pending = pending.subarray(end);
    }
}
