/*
 * The verifier of boards/browser's page without the page. stdin: JSON with the
 * path of the page, public keys by name, cases of key, token (base64) and
 * policy. stdout: for each its verdict, and what the module imports.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
import { readFileSync } from "node:fs";

import { KeyError, readKeys } from "../../../boards/browser/key.mjs";
import { Verifier } from "../../../boards/browser/verifier.mjs";

const input = JSON.parse(readFileSync(0, "utf8"));
const page = readFileSync(input.page, "utf8");
const module = Buffer.from(
    /<script type="application\/wasm" id="module">([^<]*)</.exec(page)[1],
    "base64");
const verifier = await Verifier.load(module);
const keys = {};

for (const [name, text] of Object.entries(input.keys)) {
    try {
        keys[name] = { keys: readKeys(text, verifier.maxKeys) };
    } catch (error) {
        if (!(error instanceof KeyError))
            throw error;
        keys[name] = { refused: error.message };
    }
}

function judge({ key, token, policy }) {
    const bytes = Buffer.from(token, "base64");

    if (keys[key].refused)
        return { status: "KEY_REFUSED", text: keys[key].refused };
    const verdict = verifier.verify(bytes, keys[key].keys, policy);

    if (verdict.offence)
        verdict.marked = bytes.subarray(verdict.offence.start,
                                        verdict.offence.end).toString("latin1");
    if (verdict.claims)
        verdict.claims = Buffer.from(verdict.claims).toString();
    return verdict;
}

console.log(JSON.stringify({
    imports: WebAssembly.Module.imports(await WebAssembly.compile(module)),
    thumbprints: Object.fromEntries(Object.entries(keys).map(([name, made]) =>
        [name, made.refused ?? verifier.thumbprint(made.keys[0])])),
    verdicts: input.cases.map(judge),
}));
