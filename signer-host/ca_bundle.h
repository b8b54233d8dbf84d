/*
 * The certificate authorities of this machine.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CA_BUNDLE_H
#define CA_BUNDLE_H

/* A static libcurl knows the place of one distribution. Where nothing is there,
 * and AWS_CA_BUNDLE is not set, sets it to the bundle of this one. */
void ca_bundle_find(void);

#endif
