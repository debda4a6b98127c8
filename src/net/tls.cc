#include "net/tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ascii.h"
#include "net/tls_internal.h"

namespace mailstead::net {
namespace {

// Mozilla "intermediate" (guidelines 5.7/6.0), as far as OpenSSL 3.0 has it.
constexpr const char* k_ciphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr const char* k_groups = "X25519:P-256:P-384";

Error openssl_error(std::string_view what) {
  char text[256] = "";
  ERR_error_string_n(ERR_get_error(), text, sizeof text);
  ERR_clear_error();
  return {Errc::invalid, cat(what, ": ", text)};
}

// RFC 7301 §3.2: a client that offers protocols without ours gets no_application_protocol (ALPACA); one that offers
// none is served.
int select_alpn(SSL*, const unsigned char** out, unsigned char* out_length, const unsigned char* in, unsigned in_length,
                void* arg) {
  const auto& ours = *static_cast<const std::string*>(arg);
  for (unsigned at = 0; at < in_length; at += 1U + in[at]) {
    if (at + 1U + in[at] > in_length) break;
    if (std::string_view(reinterpret_cast<const char*>(in) + at + 1, in[at]) == ours) {
      *out = in + at + 1;
      *out_length = in[at];
      return SSL_TLSEXT_ERR_OK;
    }
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

Result<SslCtxPtr> load(const TlsFiles& files, const std::string* alpn) {
  ERR_clear_error();
  SslCtxPtr ctx(SSL_CTX_new(TLS_server_method()));
  if (!ctx) return std::unexpected(openssl_error("TLS context"));
  SSL_CTX_set_min_proto_version(ctx.get(), TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(ctx.get(), k_ciphers);
  SSL_CTX_set1_groups_list(ctx.get(), k_groups);
  SSL_CTX_set_options(ctx.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF |
                                     SSL_OP_PRIORITIZE_CHACHA);
  SSL_CTX_set_mode(ctx.get(),
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  // Stateless tickets only; never resumed by another service.
  SSL_CTX_set_session_cache_mode(ctx.get(), SSL_SESS_CACHE_OFF);
  const auto id = cat("mailstead-", alpn->empty() ? std::string("none") : *alpn);
  SSL_CTX_set_session_id_context(ctx.get(), reinterpret_cast<const unsigned char*>(id.data()),
                                 static_cast<unsigned>(id.size()));
  if (SSL_CTX_use_certificate_chain_file(ctx.get(), files.certificate.c_str()) != 1)
    return std::unexpected(openssl_error(cat("certificate ", files.certificate)));
  if (SSL_CTX_use_PrivateKey_file(ctx.get(), files.key.c_str(), SSL_FILETYPE_PEM) != 1)
    return std::unexpected(openssl_error(cat("key ", files.key)));
  if (SSL_CTX_check_private_key(ctx.get()) != 1) return std::unexpected(openssl_error("key and certificate"));
  if (!alpn->empty()) SSL_CTX_set_alpn_select_cb(ctx.get(), select_alpn, const_cast<std::string*>(alpn));
  return ctx;
}

struct PkeyFree {
  void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
};
struct X509Free {
  void operator()(X509* p) const { X509_free(p); }
};

bool write_pem(const std::string& path, int mode, auto&& write) {
  const auto old = umask(0777 & ~mode);
  FILE* f = std::fopen(path.c_str(), "w");
  umask(old);
  if (f == nullptr) return false;
  const bool ok = write(f) == 1;
  return std::fclose(f) == 0 && ok;
}

}  // namespace

Result<std::shared_ptr<TlsContext>> TlsContext::make(const TlsFiles& files, std::string alpn) {
  auto context = std::make_shared<OpenSslContext>(nullptr, std::move(alpn));
  TRY_VOID(context->reload(files));
  return context;
}

Result<> OpenSslContext::reload(const TlsFiles& files) {
  TRY(auto fresh, load(files, &alpn_));
  std::lock_guard lock(mutex_);
  ctx_ = std::move(fresh);  // sessions keep the context they were made from
  return {};
}

SslPtr OpenSslContext::new_session() {
  std::lock_guard lock(mutex_);
  return SslPtr(SSL_new(ctx_.get()));
}

Result<> make_self_signed(const TlsFiles& files, const std::vector<std::string>& names) {
  if (access(files.certificate.c_str(), R_OK) == 0 && access(files.key.c_str(), R_OK) == 0) return {};
  ERR_clear_error();
  const std::unique_ptr<EVP_PKEY, PkeyFree> key(EVP_EC_gen("P-256"));
  const std::unique_ptr<X509, X509Free> cert(X509_new());
  if (!key || !cert || names.empty()) return std::unexpected(openssl_error("key"));
  X509_set_version(cert.get(), X509_VERSION_3);
  ASN1_INTEGER_set_int64(X509_get_serialNumber(cert.get()), static_cast<std::int64_t>(time(nullptr)));
  X509_gmtime_adj(X509_getm_notBefore(cert.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(cert.get()), 397L * 86'400);
  X509_set_pubkey(cert.get(), key.get());
  auto* subject = X509_get_subject_name(cert.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(names[0].c_str()), -1,
                             -1, 0);
  X509_set_issuer_name(cert.get(), subject);
  std::string alt;
  for (const auto& name : names) {
    const bool numeric = name.find_first_not_of("0123456789.:") == std::string::npos;
    append(alt, alt.empty() ? "" : ",", numeric ? "IP:" : "DNS:", name);
  }
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, cert.get(), cert.get(), nullptr, nullptr, 0);
  for (const auto& [nid, value] : {std::pair<int, const char*>{NID_subject_alt_name, alt.c_str()},
                                   {NID_basic_constraints, "critical,CA:TRUE"},
                                   {NID_ext_key_usage, "serverAuth"}}) {
    X509_EXTENSION* ext = X509V3_EXT_conf_nid(nullptr, &context, nid, value);
    if (ext == nullptr) return std::unexpected(openssl_error("certificate extension"));
    X509_add_ext(cert.get(), ext, -1);
    X509_EXTENSION_free(ext);
  }
  if (X509_sign(cert.get(), key.get(), EVP_sha256()) == 0) return std::unexpected(openssl_error("sign"));
  if (!write_pem(files.key, 0600,
                 [&](FILE* f) { return PEM_write_PrivateKey(f, key.get(), nullptr, nullptr, 0, nullptr, nullptr); }))
    return fail(Errc::unavailable, cat("cannot write ", files.key));
  if (!write_pem(files.certificate, 0644, [&](FILE* f) { return PEM_write_X509(f, cert.get()); }))
    return fail(Errc::unavailable, cat("cannot write ", files.certificate));
  return {};
}

}  // namespace mailstead::net
