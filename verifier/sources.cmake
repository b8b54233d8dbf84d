# The one list of the verifier's files. CMake reads it here; the manifests of
# other build systems are held against it by tests.
set(KJWT_SOURCES
    src/admit.c
    src/admit_digest.c
    src/base64url.c
    src/certificate.c
    src/challenge.c
    src/claims.c
    src/device_id.c
    src/floor.c
    src/json_grammar.c
    src/json_lookup.c
    src/json_scan.c
    src/json_string.c
    src/jti_ring.c
    src/jwk.c
    src/jws.c
    src/keyset.c
    src/keyset_record.c
    src/keyset_update.c
    src/numeric_date.c
    src/one_shot.c
    src/policy.c
    src/rsa_armv6m.S
    src/rsa_armv7em.S
    src/rsa_armv7m.S
    src/rsa_key.c
    src/rsa_portable.c
    src/rsa_rows.c
    src/rsa_rv32im.S
    src/rsa_x86_64.S
    src/rsa_x86_64_select.c
    src/rsassa.c
    src/status.c
    src/stream.c
    src/verify.c)
set(KJWT_INCLUDE_DIRS include)
