/*
 * crypto: SHA-256, AES-256-CBC and BLAKE2b-512 by OpenSSL's EVP, 16 KiB at a time, as `openssl speed -evp`
 * does; the work is the library's, whose version stands beside the result. Each grain is one call: the
 * hash of 16 KiB, or their encryption. All of them begin with the bytes of splitmix64 with the seed 0;
 * a grain's number, in 8 bytes, stands in place of the first 8 of what is hashed. What is encrypted,
 * under the key 0, 1, 2 ... 31, is a chain of 8 grains, whose initialisation vector is the first one's
 * number. The checksum adds up the first 8 bytes of each hash, or of each grain's last encrypted block.
 * All numbers are little-endian.
 *
 * needs OpenSSL >= 3: the build leaves this file out where it is not.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "kernel.h"
#include "splitmix64.h"

#define GRAIN_BYTES 16384u
#define GRAINS_PER_UNIT 64u
#define BLOCK_BYTES 16u
#define KEY_BYTES 32u
#define NUMBER_BYTES 8u
#define CHAINED_GRAINS 8u
/* What is read, and what is written. */
#define MEMORY_BYTES (2 * (size_t)GRAIN_BYTES)

/* Of one worker; one of both algorithms is there. */
struct crypto {
    EVP_MD *digest;
    EVP_MD_CTX *hashing;
    EVP_CIPHER *cipher;
    EVP_CIPHER_CTX *encrypting;
};

static void put_number(unsigned char *bytes, uint64_t number)
{
    unsigned i;

    for (i = 0; i < NUMBER_BYTES; i++)
        bytes[i] = (unsigned char)(number >> 8 * i);
}

static uint64_t get_number(const unsigned char *bytes)
{
    uint64_t number = 0;
    unsigned i;

    for (i = 0; i < NUMBER_BYTES; i++)
        number |= (uint64_t)bytes[i] << 8 * i;
    return number;
}

static void finish(struct burn_state *state)
{
    struct crypto *crypto = state->own;

    if (!crypto)
        return;
    EVP_MD_CTX_free(crypto->hashing);
    EVP_MD_free(crypto->digest);
    EVP_CIPHER_CTX_free(crypto->encrypting);
    EVP_CIPHER_free(crypto->cipher);
    free(crypto);
    state->own = NULL;
}

static struct crypto *fill(struct burn_state *state)
{
    unsigned char *bytes = state->memory;
    uint64_t seed = 0;
    size_t i;

    for (i = 0; i < GRAIN_BYTES; i += NUMBER_BYTES)
        put_number(bytes + i, splitmix64(&seed));
    memset(bytes + GRAIN_BYTES, 0, GRAIN_BYTES);
    state->own = calloc(1, sizeof(struct crypto));
    if (!state->own)
        state->error = ENOMEM;
    return state->own;
}

/* A system may forbid an algorithm, as in FIPS mode. */
static void prepare_digest(struct burn_state *state, const char *name)
{
    struct crypto *crypto = fill(state);

    if (!crypto)
        return;
    crypto->digest = EVP_MD_fetch(NULL, name, NULL);
    crypto->hashing = EVP_MD_CTX_new();
    if (!crypto->digest || !crypto->hashing)
        state->error = ENOTSUP;
}

static void prepare_sha256(struct burn_state *state)
{
    prepare_digest(state, "SHA2-256");
}

static void prepare_blake2b(struct burn_state *state)
{
    prepare_digest(state, "BLAKE2B-512");
}

static void prepare_aes256cbc(struct burn_state *state)
{
    struct crypto *crypto = fill(state);
    unsigned char key[KEY_BYTES];
    unsigned i;

    if (!crypto)
        return;
    for (i = 0; i < KEY_BYTES; i++)
        key[i] = (unsigned char)i;
    crypto->cipher = EVP_CIPHER_fetch(NULL, "AES-256-CBC", NULL);
    crypto->encrypting = EVP_CIPHER_CTX_new();
    if (!crypto->cipher || !crypto->encrypting ||
        !EVP_EncryptInit_ex2(crypto->encrypting, crypto->cipher, key, NULL, NULL) ||
        !EVP_CIPHER_CTX_set_padding(crypto->encrypting, 0))
        state->error = ENOTSUP;
}

/* A call that fails adds nothing, and so leaves a checksum that is wrong. */
static void run_digest(struct burn_state *state, uint64_t grains)
{
    struct crypto *crypto = state->own;
    unsigned char digest[EVP_MAX_MD_SIZE];

    for (; grains; grains--, state->position++) {
        put_number(state->memory, state->position);
        if (EVP_DigestInit_ex2(crypto->hashing, crypto->digest, NULL) &&
            EVP_DigestUpdate(crypto->hashing, state->memory, GRAIN_BYTES) &&
            EVP_DigestFinal_ex(crypto->hashing, digest, NULL))
            state->checksum += get_number(digest);
    }
}

static void run_cipher(struct burn_state *state, uint64_t grains)
{
    struct crypto *crypto = state->own;
    const unsigned char *plain = state->memory;
    unsigned char *written = (unsigned char *)state->memory + GRAIN_BYTES;
    unsigned char vector[BLOCK_BYTES] = {0};
    int length;

    for (; grains; grains--, state->position++) {
        int begun = 1;

        if (state->position % CHAINED_GRAINS == 0) {
            put_number(vector, state->position);
            begun = EVP_EncryptInit_ex2(crypto->encrypting, NULL, NULL, vector, NULL);
        }
        if (begun &&
            EVP_EncryptUpdate(crypto->encrypting, written, &length, plain, GRAIN_BYTES))
            state->checksum += get_number(written + GRAIN_BYTES - BLOCK_BYTES);
    }
}

static const char *version(void)
{
    return OpenSSL_version(OPENSSL_VERSION_STRING);
}

static const struct burn_variant digest_variants[] = {
    {"baseline", NULL, run_digest},
    {NULL, NULL, NULL},
};

static const struct burn_variant cipher_variants[] = {
    {"baseline", NULL, run_cipher},
    {NULL, NULL, NULL},
};

#define CRYPTO(algorithm, words, kind)                                       \
    {                                                                        \
        .name = "crypto_" #algorithm,                                        \
        .version = "1",                                                      \
        .unit = "1 MiB " words " by OpenSSL, 16 KiB a call",                 \
        .bytes_per_unit = (uint64_t)GRAINS_PER_UNIT * GRAIN_BYTES,           \
        .grains_per_unit = GRAINS_PER_UNIT,                                  \
        .memory_bytes = MEMORY_BYTES,                                        \
        .least_bytes = MEMORY_BYTES,                                         \
        .library = "openssl",                                                \
        .library_version = version,                                          \
        .prepare = prepare_##algorithm,                                      \
        .finish = finish,                                                    \
        .variants = kind##_variants,                                         \
    }

const struct burn_kernel burn_crypto_sha256 = CRYPTO(sha256, "hashed with SHA-256", digest);
const struct burn_kernel burn_crypto_aes256cbc =
    CRYPTO(aes256cbc, "encrypted with AES-256-CBC", cipher);
const struct burn_kernel burn_crypto_blake2b = CRYPTO(blake2b, "hashed with BLAKE2b-512", digest);
