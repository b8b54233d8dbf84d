# The peers' sources: BearSSL and wolfSSL from the distribution's source
# packages (Debian trixie, as mbedTLS), below build/deps. Sets NAME_SOURCE_DIR,
# or NAME_ABSENT to the reason why there is none: a peer that cannot be had is
# a line of the table and no failure.
#
# SPDX-License-Identifier: Apache-2.0
include(${CMAKE_CURRENT_LIST_DIR}/bearssl.cmake)

device_peer(WOLFSSL wolfssl 5.7.2 wolfssl_5.7.2.orig.tar.gz
    0f2ed82e345b833242705bbc4b08a2a2037a33f7bf9c610efae6464f6b10e305
    "*/wolfcrypt/src/*" "*/wolfssl/*")
