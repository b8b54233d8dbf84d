// The claims of a production line, so many in flight; tokens to standard
// output.
// SPDX-License-Identifier: Apache-2.0
"use strict";

const NOW = 1800000000;

exports.mintMany = async (mint, count, inFlight) => {
    let next = 0;
    const worker = async () => {
        while (next < count) {
            const sub = "device-" + String(next++).padStart(5, "0");
            process.stdout.write(await mint({ iss: "bench-7", sub,
                aud: "device", iat: NOW, exp: NOW + 86400,
                role: "service" }) + "\n");
        }
    };
    await Promise.all(Array.from({ length: inFlight }, worker));
    process.exit(0);
};
