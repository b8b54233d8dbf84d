# The peers' sources: BearSSL and wolfSSL from the distribution's source
# packages (Debian trixie, as mbedTLS), below build/deps. Sets NAME_SOURCE_DIR,
# or NAME_ABSENT to the reason why there is none: a peer that cannot be had is
# a line of the table and no failure.
#
# SPDX-License-Identifier: Apache-2.0
include(${PROJECT_SOURCE_DIR}/port/mbedtls/apt_source.cmake)

# NAME_SOURCE_DIR holds what matches the patterns, the rest of the command.
function(device_peer name package version archive sha256)
    set(directory "${KJWT_DEPS_DIR}/${package}-${version}")
    set(tarball "${KJWT_DEPS_DIR}/${package}.tar")
    set(${name}_SOURCE_DIR "${directory}" PARENT_SCOPE)
    if(EXISTS "${directory}")
        return()
    endif()
    kjwt_source_from_apt(${package} ${archive} "${tarball}")
    if(NOT EXISTS "${tarball}")
        set(${name}_ABSENT "apt delivered no ${archive}" PARENT_SCOPE)
        return()
    endif()
    file(SHA256 "${tarball}" hash)
    if(NOT hash STREQUAL sha256)
        file(REMOVE "${tarball}")
        set(${name}_ABSENT "${archive} is not the pinned file" PARENT_SCOPE)
        return()
    endif()
    file(REMOVE_RECURSE "${directory}.part")
    file(ARCHIVE_EXTRACT INPUT "${tarball}" DESTINATION "${directory}.part"
         PATTERNS ${ARGN})
    file(GLOB inner "${directory}.part/*")
    file(RENAME "${inner}" "${directory}")
    file(REMOVE_RECURSE "${directory}.part" "${tarball}")
endfunction()

device_peer(BEARSSL bearssl 0.6 bearssl_0.6+dfsg.1.orig.tar.xz
    102a625bd8f6155260867a50c508df8d8c3f796985dd744df1a68e5cd1a79004
    "*/inc/*" "*/src/*")
device_peer(WOLFSSL wolfssl 5.7.2 wolfssl_5.7.2.orig.tar.gz
    0f2ed82e345b833242705bbc4b08a2a2037a33f7bf9c610efae6464f6b10e305
    "*/wolfcrypt/src/*" "*/wolfssl/*")
