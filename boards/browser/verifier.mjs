/*
 * The WebAssembly module (module.c) as an object.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
import { thumbprintInput } from "./key.mjs";
import { base64urlOf } from "./base64.mjs";

const EXPECTED = ["issuer", "subject", "audience", "typ"];
const PARTS = ["header", "payload", "signature", null];
const KJWT_OK = 0;

export class Verifier {
    /* module: the bytes of kjwt.wasm. */
    static async load(module) {
        const { instance } = await WebAssembly.instantiate(module, {});

        return new Verifier(instance.exports);
    }

    constructor(wasm) {
        this.wasm = wasm;
        this.version = this.#string(wasm.version());
        this.maxKeys = wasm.max_keys();
    }

    #bytes(address, len) {
        return new Uint8Array(this.wasm.memory.buffer, address, len);
    }

    #string(address) {
        const bytes = new Uint8Array(this.wasm.memory.buffer, address);

        return new TextDecoder().decode(
            bytes.subarray(0, bytes.indexOf(0)));
    }

    /* A NUL-terminated text; RangeError where it does not fit. */
    #setString(address, text) {
        const bytes = new TextEncoder().encode(text);

        if (bytes.length >= this.wasm.text_size() || bytes.includes(0))
            throw new RangeError("at most 255 bytes, none of them NUL");
        const memory = this.#bytes(address, bytes.length + 1);

        memory.set(bytes);
        memory[bytes.length] = 0;
    }

    /* The length that the module is told: longer ones are cut to one more than
     * the longest that it takes, which it refuses just the same. */
    #setToken(token) {
        const len = Math.min(token.length, this.wasm.token_size());

        this.#bytes(this.wasm.token_address(), len)
            .set(token.subarray(0, len));
        return len;
    }

    #setKeys(keys) {
        keys.forEach((key, i) => {
            const { buffer } = this.wasm.memory;

            new Uint32Array(buffer, this.wasm.key_n(i)).set(key.n);
            new Uint32Array(buffer, this.wasm.key_target(i)).set(key.target);
            this.#setString(this.wasm.key_kid(i), key.kid ?? "");
            this.wasm.set_key(i, key.bits, ...key.n0inv);
        });
    }

    #setExpected(policy) {
        EXPECTED.forEach((name, which) => {
            const text = policy[name] ?? null;

            if (text !== null)
                this.#setString(this.wasm.expected_address(which), text);
            this.wasm.expect(which, text !== null);
        });
    }

    /* The verdict on a token (Uint8Array). policy: issuer, subject, audience,
     * typ (null: none), now, leeway, maxAge in seconds, options. RangeError for
     * a policy that is too long. */
    verify(token, keys, policy) {
        const { wasm } = this;

        this.#setKeys(keys);
        this.#setExpected(policy);
        const status = wasm.verify(this.#setToken(token), keys.length,
            BigInt(policy.now ?? 0), policy.leeway ?? 0, policy.maxAge ?? 0,
            policy.options ?? 0);
        const verdict = {
            accepted: status === KJWT_OK,
            status: this.#string(wasm.status_name(status)),
            text: this.#string(wasm.status_text(status)),
            claims: null,
            offence: null,
        };

        if (verdict.accepted)
            verdict.claims = this.#bytes(wasm.claims_address(),
                                         wasm.claims_len()).slice();
        else
            verdict.offence = this.#offence(token);
        return verdict;
    }

    #offence(token) {
        const { wasm } = this;
        const part = PARTS[wasm.offence_part()];
        const end = wasm.offence_end();
        const cut = token.length > wasm.token_size() &&
            end === wasm.token_size();

        return {
            part,
            start: wasm.offence_start(),
            end: cut ? token.length : end,
            decoded: [wasm.offence_decoded_start(), wasm.offence_decoded_end()],
        };
    }

    /* A part of the token, unverified: its bytes, or null. */
    decode(token, part) {
        const status = this.wasm.decode(PARTS.indexOf(part),
                                        this.#setToken(token));

        return status !== KJWT_OK ? null
            : this.#bytes(this.wasm.decoded_address(),
                          this.wasm.decoded_len()).slice();
    }

    /* RFC 7638, with the verifier's own SHA-256. */
    thumbprint(key) {
        this.wasm.sha256(this.#setToken(thumbprintInput(key)));
        return base64urlOf(this.#bytes(this.wasm.decoded_address(), 32));
    }
}
