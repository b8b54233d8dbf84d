# Finds jsmn.h and sets KJWT_JSMN_INCLUDE_DIR to a folder that holds nothing
# else: a cross compiler must not see the host's other headers beside it.
#
# KJWT_JSMN_DIR, else the distribution's package (libjsmn-dev), else upstream's
# pinned release.
set(KJWT_JSMN_SHA256
    1ed6154dedf009212a08a397e9c4ed50a0ce31d5a8301bb294e137ae3188c13b)
set(KJWT_JSMN_DIR "" CACHE PATH "Folder that holds jsmn.h (1.1.0)")

set(KJWT_JSMN_INCLUDE_DIR "${KJWT_DEPS_DIR}/jsmn")
if(KJWT_JSMN_DIR)
    set(KJWT_JSMN_INCLUDE_DIR "${KJWT_JSMN_DIR}")
elseif(NOT EXISTS "${KJWT_JSMN_INCLUDE_DIR}/jsmn.h")
    if(EXISTS /usr/include/jsmn.h)
        file(COPY /usr/include/jsmn.h DESTINATION "${KJWT_JSMN_INCLUDE_DIR}")
    else()
        set(kjwt_jsmn_part "${KJWT_JSMN_INCLUDE_DIR}/jsmn.h.part")
        file(DOWNLOAD
            https://raw.githubusercontent.com/zserge/jsmn/v1.1.0/jsmn.h
            "${kjwt_jsmn_part}" INACTIVITY_TIMEOUT 20 STATUS kjwt_jsmn_status)
        list(GET kjwt_jsmn_status 0 kjwt_jsmn_failed)
        if(NOT kjwt_jsmn_failed)
            file(SHA256 "${kjwt_jsmn_part}" kjwt_jsmn_hash)
        endif()
        if(kjwt_jsmn_failed OR NOT kjwt_jsmn_hash STREQUAL KJWT_JSMN_SHA256)
            file(REMOVE "${kjwt_jsmn_part}")
            message(FATAL_ERROR "jsmn.h not found. Install it (Debian: "
                "apt-get install libjsmn-dev) or set KJWT_JSMN_DIR.")
        endif()
        file(RENAME "${kjwt_jsmn_part}" "${KJWT_JSMN_INCLUDE_DIR}/jsmn.h")
    endif()
endif()
if(NOT EXISTS "${KJWT_JSMN_INCLUDE_DIR}/jsmn.h")
    message(FATAL_ERROR "KJWT_JSMN_DIR=${KJWT_JSMN_DIR} holds no jsmn.h")
endif()
