# BearSSL's source, as peers.cmake says; and how it gets a peer.
#
# SPDX-License-Identifier: Apache-2.0
cmake_policy(VERSION 3.20) # also run as a script
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
