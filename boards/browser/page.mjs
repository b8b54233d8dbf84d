/*
 * The page: reads its fields, asks the verifier, shows what it says.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
import { bytesOfBase64 } from "./base64.mjs";
import { EXAMPLE } from "./example.mjs";
import { KeyError, readKeys } from "./key.mjs";
import { Verifier } from "./verifier.mjs";
import { showJson, showText, showToken, span } from "./view.mjs";
import { CHECKS, SIGNATURE_CHECK, advice, date, expiry, failedCheck,
         relative } from "./words.mjs";

const EXP_OPTIONAL = 1;
const TIME_UNKNOWN_OK = 2;
const SECOND = 1000;

const byId = (id) => document.getElementById(id);

function setText(id, text) {
    const element = byId(id);

    element.hidden = text === null;
    /* Else a screen reader says it again. */
    if (element.textContent !== (text ?? ""))
        element.textContent = text ?? "";
}

/* ---------------------------------------------------------------- input --- */

/* As a line's end is no part of a token on the device's console. */
function tokenText() {
    return byId("token").value.replace(/\n$/, "");
}

class FieldError extends Error {
    constructor(id, message) {
        super(message);
        this.id = id;
    }
}

function seconds(id, otherwise, most) {
    const text = byId(id).value.trim();

    if (text === "")
        return otherwise;
    if (!/^\d{1,15}$/.test(text) || Number(text) > most)
        throw new FieldError(id, "Seconds in decimal are wanted.");
    return Number(text);
}

/* null: the device has no clock. */
function clock() {
    switch (byId("clock-mode").value) {
    case "now": return Math.floor(Date.now() / SECOND);
    case "given": return seconds("clock", null, 1e15);
    default: return null;
    }
}

function text(id) {
    const { value } = byId(id);

    if (new TextEncoder().encode(value).length > 255)
        throw new FieldError(id, "At most 255 bytes are held.");
    return value === "" ? null : value;
}

/* What the token names, the first of several: so that the verdict on all the
 * rest is seen. */
function ownAudience(claims) {
    const aud = Array.isArray(claims?.aud) ? claims.aud[0] : claims?.aud;

    return typeof aud === "string" && !aud.includes("\0") &&
        new TextEncoder().encode(aud).length <= 255 ? aud : null;
}

function audience(claims) {
    switch (byId("audience-mode").value) {
    case "own": return ownAudience(claims);
    case "given": return text("audience");
    default: return null;
    }
}

function policyFor(claims) {
    return {
        audience: audience(claims),
        issuer: text("issuer"),
        subject: text("subject"),
        typ: text("typ"),
        now: clock(),
        leeway: seconds("leeway", 0, 0xffffffff),
        maxAge: seconds("max-age", 0, 0xffffffff),
        options: (byId("exp-optional").checked ? EXP_OPTIONAL : 0) |
            (byId("time-unknown-ok").checked ? TIME_UNKNOWN_OK : 0),
    };
}

/* ---------------------------------------------------------------- parts --- */

const decoder = new TextDecoder();

/* What a part decodes to: text, and its members where it is a JSON object. */
function readPart(verifier, token, part) {
    const bytes = verifier.decode(token, part);

    if (bytes === null)
        return null;
    const decoded = { bytes, text: decoder.decode(bytes), members: null };

    try {
        const value = JSON.parse(decoded.text);

        if (typeof value === "object" && !Array.isArray(value))
            decoded.members = value;
    } catch {
        /* Shown as it is. */
    }
    return decoded;
}

function commentOn(now) {
    const dates = ['"exp"', '"nbf"', '"iat"'];

    return (name, value) => {
        const when = dates.includes(name) ? date(Number(value)) : null;

        if (when === null)
            return null;
        return now === null ? when : `${when}, ${relative(Number(value), now)}`;
    };
}

function showPart(name, part, verdict, now) {
    const offence = verdict?.offence;
    const mark = { start: 0, end: 0 };

    byId(`${name}-card`).hidden = part === null;
    if (part === null)
        return;
    if (offence?.part === name)
        [mark.start, mark.end] = offence.decoded.map(
            (at) => decoder.decode(part.bytes.subarray(0, at)).length);
    if (part.members !== null)
        showJson(byId(name), part.text, mark, commentOn(now));
    else
        showText(byId(name), part.text);
}

/* -------------------------------------------------------------- verdict --- */

function showState(state, headline, status, explanation) {
    byId("verdict").dataset.state = state;
    setText("headline", headline);
    setText("status", status);
    setText("explanation", explanation);
    setText("expiry", null);
    setText("advice", null);
}

function showChecks(verdict) {
    const failed = failedCheck(verdict);
    const [passes, fails, skips] = [["passed", "✓"], ["failed", "✗"],
                                    ["skipped", "·"]];

    byId("checks").replaceChildren(...CHECKS.map((name, i) => {
        const [state, sign] = i < failed ? passes : i > failed ? skips : fails;
        const item = document.createElement("li");
        const outcome = span("outcome", sign);

        item.className = state;
        outcome.setAttribute("aria-hidden", "true");
        item.append(outcome, name, span("hidden-words",
            `: ${state === "skipped" ? "not reached" : state}`));
        return item;
    }));
}

function describeMark(offence) {
    const place = offence.part === null
        ? "" : `in the ${offence.part === "payload" ? "claims" : offence.part}, `;
    const last = offence.end.toLocaleString("en");
    const first = (offence.start + 1).toLocaleString("en");

    return offence.end - offence.start === 1
        ? `Marked: ${place}character ${first}.`
        : `Marked: ${place}characters ${first} to ${last}.`;
}

function isSigned(verdict) {
    return failedCheck(verdict) > SIGNATURE_CHECK;
}

function showExpiry(verdict, policy, payload) {
    setText("expiry", isSigned(verdict) && payload?.members
        ? expiry(payload.members.exp, policy.now) : null);
}

function showVerdict(verdict, policy, payload) {
    if (verdict.accepted) {
        showState("accepted", "Signature Verified", null,
                  "The device accepts this token.");
        if (byId("audience-mode").value === "own" && policy.audience !== null)
            setText("advice", `Taken for ${policy.audience}, the audience that ` +
                "it names.");
    } else {
        showState("rejected", "Rejected", verdict.status, verdict.text);
        setText("advice", advice(verdict));
    }
    showExpiry(verdict, policy, payload);
    byId("unverified").hidden = isSigned(verdict);
    showChecks(verdict);
    setText("mark-note",
            verdict.accepted ? null : describeMark(verdict.offence));
}

function showKeys(verifier, keys) {
    byId("key-card").hidden = keys.length === 0;
    byId("key-facts").replaceChildren(...keys.flatMap((key) => {
        const facts = [["Size", `RSA-${key.bits}`],
                       ["Thumbprint", verifier.thumbprint(key)]];

        if (key.kid !== null)
            facts.push(["kid", key.kid]);
        return facts.flatMap(([name, value]) => [span("", name, "dt"),
                                                 span("", value, "dd")]);
    }));
}

/* --------------------------------------------------------------- update --- */

/* Keys are prepared once for each text. */
let lastKeyText = null;
let lastKeys = [];
let lastKeyError = null;

function keysOf(verifier, keyText) {
    if (keyText !== lastKeyText) {
        lastKeyText = keyText;
        lastKeys = [];
        lastKeyError = null;
        try {
            if (keyText.trim() !== "")
                lastKeys = readKeys(keyText, verifier.maxKeys);
        } catch (error) {
            if (!(error instanceof KeyError))
                throw error;
            lastKeyError = error.message;
        }
    }
    return lastKeys;
}

function noteInvalid(id) {
    for (const field of document.querySelectorAll("[aria-invalid]"))
        field.removeAttribute("aria-invalid");
    if (id !== null)
        byId(id).setAttribute("aria-invalid", "true");
}

/* What is wrong with the fields, if anything: a state, a headline, words. */
function whatIsMissing(token, keys) {
    if (lastKeyError !== null)
        return ["rejected", "No key for a device", lastKeyError];
    if (token.length > 0 && keys.length > 0)
        return null;
    return ["empty",
            token.length > 0 ? "Now the public key"
                : keys.length > 0 ? "Now the token" : "Nothing to verify yet",
            "A token and the device's public key are wanted."];
}

/* The fields, read: the policy, or null after having said what is wrong. */
function readPolicy(payload) {
    try {
        return policyFor(payload?.members);
    } catch (error) {
        if (!(error instanceof FieldError))
            throw error;
        noteInvalid(error.id);
        showState("empty", "What does the device expect?", null, error.message);
        return null;
    }
}

let shownStatus = null;

function update(verifier) {
    const text = tokenText();
    const token = new TextEncoder().encode(text);
    const keys = keysOf(verifier, byId("key").value);
    const header = readPart(verifier, token, "header");
    const payload = readPart(verifier, token, "payload");
    const missing = whatIsMissing(token, keys);
    let verdict = null;

    noteInvalid(lastKeyError === null ? null : "key");
    const policy = readPolicy(payload);
    if (missing !== null) {
        showState(missing[0], missing[1], null, missing[2]);
    } else if (policy !== null) {
        verdict = verifier.verify(token, keys, policy);
        showVerdict(verdict, policy, payload);
    }
    if (verdict === null) {
        byId("unverified").hidden = false;
        setText("mark-note", null);
    }
    shownStatus = verdict?.status ?? null;
    byId("checks-card").hidden = verdict === null;
    byId("marked-card").hidden = token.length === 0;
    showToken(byId("marked"), text, verdict?.offence ?? { start: 0, end: 0 });
    showPart("header", header, verdict, policy?.now ?? null);
    showPart("payload", payload, verdict, policy?.now ?? null);
    showKeys(verifier, keys);
}

/* A token expires while the page is open. What did not change stays as it is,
 * with whatever the reader has selected in it. */
function tick(verifier) {
    if (shownStatus === null || byId("clock-mode").value !== "now")
        return;
    const token = new TextEncoder().encode(tokenText());
    const payload = readPart(verifier, token, "payload");
    const policy = policyFor(payload?.members);
    const verdict = verifier.verify(token, lastKeys, policy);

    if (verdict.status !== shownStatus)
        update(verifier);
    else
        showExpiry(verdict, policy, payload);
}

function showModes() {
    byId("audience").hidden = byId("audience-mode").value !== "given";
    byId("clock").hidden = byId("clock-mode").value !== "given";
}

/* -------------------------------------------------------------- example --- */

function fill(token, key, clockMode, clockText) {
    byId("input").reset();
    byId("token").value = token;
    byId("key").value = key;
    byId("clock-mode").value = clockMode;
    byId("clock").value = clockText;
}

async function start() {
    const module = bytesOfBase64(byId("module").textContent.trim());
    const verifier = await Verifier.load(module);
    const refresh = () => {
        showModes();
        update(verifier);
    };

    byId("version").textContent = verifier.version;
    byId("input").addEventListener("input", refresh);
    byId("input").addEventListener("submit", (event) => event.preventDefault());
    byId("example").addEventListener("click", () => {
        fill(EXAMPLE.token, EXAMPLE.key, "given", EXAMPLE.clock);
        refresh();
    });
    byId("clear").addEventListener("click", () => {
        fill("", "", "now", "");
        refresh();
        byId("token").focus();
    });
    setInterval(() => tick(verifier), SECOND);
    refresh();
}

start();
