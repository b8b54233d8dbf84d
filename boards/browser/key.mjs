/*
 * Public keys as they are pasted: PEM, JWK or JWK Set. What a device does not
 * take is refused here as `signer-host key export` refuses it, and what that
 * computes for the device is computed here too.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
import { bytesOfBase64, bytesOfBase64url, base64urlOf } from "./base64.mjs";

/* A key that no device takes; the message says why and what to do. */
export class KeyError extends Error {}

const MAX_KID_BYTES = 255;

/* ---------------------------------------------------------- arithmetic --- */

function integerOf(bytes) {
    let hex = "0x0";

    for (const byte of bytes)
        hex += byte.toString(16).padStart(2, "0");
    return BigInt(hex);
}

function power(base, exponent, modulus) {
    let result = 1n;

    for (; exponent > 0n; exponent >>= 1n) {
        if (exponent & 1n)
            result = result * base % modulus;
        base = base * base % modulus;
    }
    return result;
}

/* 32-bit words, the least significant first. */
function wordsOf(integer, count) {
    const words = new Uint32Array(count);

    for (let i = 0; i < count; i++, integer >>= 32n)
        words[i] = Number(integer & 0xffffffffn);
    return words;
}

/* -n^-1 mod 2^64; each of Newton's steps doubles the bits that are right. */
function negatedInverse(n) {
    let inverse = n;

    for (let step = 0; step < 5; step++)
        inverse = BigInt.asUintN(64, inverse * (2n - n * inverse));
    return BigInt.asUintN(64, -inverse);
}

/* struct kjwt_key (kjwt.h): n, target = 2^-(65535 bits + 15) mod n, n0inv. */
function prepare(modulus, kid) {
    const bits = modulus.length * 8;
    const n = integerOf(modulus);
    const exponent = 65535n * BigInt(bits) + 15n;

    return {
        kid, bits, modulus,
        n: wordsOf(n, bits / 32),
        target: wordsOf(power((n + 1n) / 2n, exponent, n), bits / 32),
        n0inv: wordsOf(negatedInverse(n), 2),
    };
}

/* -------------------------------------------------------------- checks --- */

function withoutZeros(bytes) {
    const first = bytes.findIndex((byte) => byte !== 0);

    return first < 0 ? new Uint8Array() : bytes.subarray(first);
}

function keyOf(modulus, exponent, kid) {
    modulus = withoutZeros(modulus);
    const bits = modulus.length === 0
        ? 0 : modulus.length * 8 - Math.clz32(modulus[0]) + 24;

    if (bits !== 2048 && bits !== 3072 && bits !== 4096)
        throw new KeyError(`The RSA modulus has ${bits} bits. A device takes ` +
            "keys of exactly 2048, 3072 or 4096 bits: make another key.");
    if (modulus[modulus.length - 1] % 2 === 0)
        throw new KeyError("The RSA modulus is even, so this is no RSA key: " +
            "export the public key again.");
    if (integerOf(exponent) !== 65537n)
        throw new KeyError("The RSA public exponent is not 65537, the only " +
            "one that a device takes: make another key.");
    return prepare(modulus, kid);
}

/* ----------------------------------------------------------------- DER --- */

const INTEGER = 0x02;
const BIT_STRING = 0x03;
const SEQUENCE = 0x30;
/* SEQUENCE { rsaEncryption (1.2.840.113549.1.1.1), NULL } */
const RSA_ALGORITHM = [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7,
                       0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];

function malformedDer() {
    return new KeyError("The PEM block holds no RSA public key (a " +
        "SubjectPublicKeyInfo or an RSAPublicKey and nothing behind it). " +
        "RS256 needs an RSA key.");
}

/* The value of the element with this tag at the start, and what follows. */
function element(bytes, tag) {
    let len = bytes[1];
    let start = 2;

    if (len > 0x80 && len <= 0x83) {
        start += len - 0x80;
        len = Number(integerOf(bytes.subarray(2, start)));
    }
    if (bytes[0] !== tag || !(start + len <= bytes.length))
        throw malformedDer();
    return [bytes.subarray(start, start + len), bytes.subarray(start + len)];
}

function encoded(tag, ...values) {
    const value = values.flatMap((part) => [...part]);
    const len = value.length;

    if (len < 0x80)
        return [tag, len, ...value];
    return len < 0x100 ? [tag, 0x81, len, ...value]
                       : [tag, 0x82, len >> 8, len & 0xff, ...value];
}

function equal(a, b) {
    return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function keyOfDer(der) {
    const [outer] = element(der, SEQUENCE);
    const isSpki = outer[0] === SEQUENCE;
    let inner = outer;

    if (isSpki) {
        const [, bits] = element(outer, SEQUENCE);

        inner = element(element(bits, BIT_STRING)[0].subarray(1), SEQUENCE)[0];
    }
    const [modulus, rest] = element(inner, INTEGER);
    const [exponent] = element(rest, INTEGER);
    const key = keyOf(modulus, exponent, null);

    /* No second reading of the same bytes: what was read must be the DER that
     * this key has. */
    const rsa = encoded(SEQUENCE, encoded(INTEGER, [0], key.modulus),
                        encoded(INTEGER, [1, 0, 1]));
    const whole = isSpki
        ? encoded(SEQUENCE, RSA_ALGORITHM, encoded(BIT_STRING, [0], rsa)) : rsa;

    if (!equal(der, whole))
        throw malformedDer();
    return key;
}

/* ----------------------------------------------------------------- PEM --- */

function keyOfPem(text) {
    const block = /-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \1-----/;
    const label = /-----BEGIN ([A-Z0-9 ]+)-----/.exec(text)[1];

    if (label.endsWith("PRIVATE KEY"))
        throw new KeyError("This is a private key. Take it out of here; a " +
            "verifier needs the public key only: signer-host key export " +
            "--format pem.");
    if (label === "CERTIFICATE")
        throw new KeyError("This is a certificate, which a device does not " +
            "read. Take its key: openssl x509 -pubkey -noout.");
    if (label !== "PUBLIC KEY" && label !== "RSA PUBLIC KEY")
        throw new KeyError(`A PEM block ${label} holds no RSA public key: ` +
            "PUBLIC KEY or RSA PUBLIC KEY is wanted.");
    if (text.split("-----BEGIN").length > 2)
        throw new KeyError("There is more than one PEM block: keep one, or " +
            "use a JWK Set for several keys.");
    const found = block.exec(text);
    const der = found && bytesOfBase64(found[2].replace(/\s/g, ""));

    if (!der)
        throw new KeyError("The PEM block is damaged: its END line or some of " +
            "its base64 is missing.");
    return keyOfDer(der);
}

/* ----------------------------------------------------------------- JWK --- */

const PRIVATE_MEMBERS = ["d", "p", "q", "dp", "dq", "qi", "oth"];

function isObject(value) {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

function checkUse(jwk) {
    if (!isObject(jwk))
        throw new KeyError("A JWK is a JSON object.");
    if (jwk.kty !== "RSA")
        throw new KeyError("The JWK's kty is not RSA: RS256 needs an RSA key.");
    if (PRIVATE_MEMBERS.some((name) => name in jwk))
        throw new KeyError("The JWK holds private members (d, p, q ...): take " +
            "it out of here and keep only kty, n, e and kid.");
    if ("use" in jwk && jwk.use !== "sig")
        throw new KeyError("The JWK's use is not sig: it is no signature key.");
    if ("alg" in jwk && jwk.alg !== "RS256")
        throw new KeyError("The JWK's alg is not RS256, the only algorithm " +
            "of a device.");
    if ("key_ops" in jwk && !(Array.isArray(jwk.key_ops) &&
                              jwk.key_ops.includes("verify")))
        throw new KeyError("The JWK's key_ops does not contain verify.");
}

/* RFC 7518 2, Base64urlUInt: no leading zero bytes. */
function unsignedOf(jwk, name) {
    const bytes = typeof jwk[name] === "string" && bytesOfBase64url(jwk[name]);

    if (!bytes || bytes.length === 0 || bytes[0] === 0)
        throw new KeyError(`The JWK's ${name} must be base64url of an unsigned ` +
            "integer without leading zeros (RFC 7518 6.3.1).");
    return bytes;
}

function keyOfJwk(jwk) {
    const { kid = null } = isObject(jwk) ? jwk : {};

    checkUse(jwk);
    if (kid !== null && (typeof kid !== "string" || kid === "" ||
                         kid.includes("\0") ||
                         new TextEncoder().encode(kid).length > MAX_KID_BYTES))
        throw new KeyError("The JWK's kid must be a string of 1 to " +
            `${MAX_KID_BYTES} bytes without NUL.`);
    return keyOf(unsignedOf(jwk, "n"), unsignedOf(jwk, "e"), kid);
}

function keysOfJwkSet(set, maxKeys) {
    const keys = set.map(keyOfJwk);
    const kids = keys.map((key) => key.kid);

    if (keys.length === 0 || keys.length > maxKeys)
        throw new KeyError(`The JWK Set has ${keys.length} keys; a device ` +
            `takes 1 to ${maxKeys}.`);
    if (keys.length > 1 && kids.includes(null))
        throw new KeyError("Each of several keys needs a kid.");
    if (new Set(kids).size < kids.length)
        throw new KeyError("Two keys of the JWK Set have one kid.");
    return keys;
}

function keysOfJson(text, maxKeys) {
    let json;

    try {
        json = JSON.parse(text);
    } catch {
        throw new KeyError("The JWK is not well-formed JSON.");
    }
    if (isObject(json) && Array.isArray(json.keys))
        return keysOfJwkSet(json.keys, maxKeys);
    return [keyOfJwk(json)];
}

/* ----------------------------------------------------------------- any --- */

/* The keys of a PEM, JWK or JWK Set, as kjwt_verify() takes them; KeyError. */
export function readKeys(text, maxKeys) {
    if (/^\s*[[{]/.test(text))
        return keysOfJson(text, maxKeys);
    if (/-----BEGIN ([A-Z0-9 ]+)-----/.test(text))
        return [keyOfPem(text)];
    throw new KeyError("This is neither a PEM block (-----BEGIN PUBLIC KEY-----) " +
        "nor a JWK ({\"kty\":\"RSA\", ...}).");
}

/* What the thumbprint is the hash of (RFC 7638 3.2). */
export function thumbprintInput(key) {
    const n = base64urlOf(key.modulus);

    return new TextEncoder().encode(`{"e":"AQAB","kty":"RSA","n":"${n}"}`);
}
