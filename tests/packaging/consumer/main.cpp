// The same in C++17, with every public header of kjwt.
// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <string>

#include "public_headers.h"

#include KJWT_KEYS_FILE

int main(int argc, char **argv)
{
    kjwt_policy policy{};
    KJWT_WORK(work, KJWT_KEYS_MAX_BITS);
    kjwt_claims claims{};
    std::string token{std::istreambuf_iterator<char>{std::cin}, {}};
    const std::int64_t now =
        argc > 1 ? std::strtoll(argv[1], nullptr, 10) : KJWT_TIME_UNKNOWN;

    policy.keys = kjwt_keys;
    policy.key_count = KJWT_KEYS_COUNT;
    static_assert(sizeof work == KJWT_WORK_SIZE(KJWT_KEYS_MAX_BITS),
                  "the work is as large as the macro says");
    const kjwt_status status =
        kjwt_verify(&policy, work, sizeof work, token.data(), token.size(),
                    now, &claims);
    std::cout << kjwt_status_name(status) << '\n';
    return status == KJWT_OK && kjwt_claims_verified(&claims) ? 0 : 1;
}
