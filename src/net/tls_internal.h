// What net/ alone knows of a TlsContext: OpenSSL's own context.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <mutex>
#include <string>

#include "net/tls.h"

namespace mailstead::net {

struct SslCtxFree {
  void operator()(SSL_CTX* p) const { SSL_CTX_free(p); }
};
struct SslFree {
  void operator()(SSL* p) const { SSL_free(p); }
};
using SslCtxPtr = std::unique_ptr<SSL_CTX, SslCtxFree>;
using SslPtr = std::unique_ptr<SSL, SslFree>;

class OpenSslContext final : public TlsContext {
 public:
  OpenSslContext(SslCtxPtr ctx, std::string alpn) : ctx_(std::move(ctx)), alpn_(std::move(alpn)) {}
  Result<> reload(const TlsFiles& files) override;
  SslPtr new_session();  // any thread
  const std::string& alpn() const { return alpn_; }

 private:
  std::mutex mutex_;
  SslCtxPtr ctx_;
  const std::string alpn_;
};

}  // namespace mailstead::net
