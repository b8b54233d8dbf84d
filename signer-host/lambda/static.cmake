# For the static build of the Lambda package, right after project(kjwt): one
# mbedTLS for libcurl and for signer-host.
find_package(MbedTLS REQUIRED CONFIG)
