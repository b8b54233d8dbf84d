/*
 * base64 and base64url without padding (RFC 4648 4, 5), exact. The token's own
 * is decoded by the verifier; this serves keys.
 *
 * SPDX-License-Identifier: Apache-2.0
 */

/* null for what no encoder produces. */
export function bytesOfBase64(text) {
    try {
        const binary = atob(text);

        if (btoa(binary) !== text)
            return null;
        return Uint8Array.from(binary, (c) => c.charCodeAt(0));
    } catch {
        return null;
    }
}

export function bytesOfBase64url(text) {
    if (/[^A-Za-z0-9_-]/.test(text))
        return null;
    const padding = "=".repeat((4 - text.length % 4) % 4);

    return bytesOfBase64(text.replace(/-/g, "+").replace(/_/g, "/") + padding);
}

export function base64urlOf(bytes) {
    return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-")
        .replace(/\//g, "_").replace(/=/g, "");
}
