#include "auth/auth_fixture.h"
#include "auth/sasl_scram.h"
#include "base/ascii.h"
#include "base/base64.h"

namespace mailstead::auth {
namespace {

using Step = SaslSession::Step;

class SaslTest : public AuthTest {
 protected:
  Step step(SaslSession& s, std::optional<std::string> message) { return run(s.step(std::move(message))); }
  std::unique_ptr<SaslSession> begin(std::string_view mechanism) {
    return sasl_begin(mechanism, authenticator, context);
  }
  SaslContext context{.address = "192.0.2.1", .scope = imap, .tls = true, .tls_exporter = {}, .offer_scram = true};
};

std::string plain(std::string_view authzid, std::string_view user, std::string_view password) {
  return cat(authzid, '\0', user, '\0', password);
}

std::vector<std::string> offered(bool tls, std::string exporter, bool scram, bool plain = false) {
  SaslContext c;
  c.tls = tls;
  c.tls_exporter = std::move(exporter);
  c.offer_scram = scram;
  return sasl_mechanisms(c, plain);
}

TEST_F(SaslTest, MechanismsFollowTheConnection) {
  using Names = std::vector<std::string>;
  EXPECT_EQ(offered(true, "", false), (Names{"PLAIN", "LOGIN"}));
  EXPECT_EQ(offered(false, "", false), Names{});
  EXPECT_EQ(offered(false, "", false, true), (Names{"PLAIN", "LOGIN"}));
  EXPECT_EQ(offered(false, "", true), Names{"SCRAM-SHA-256"});
  EXPECT_EQ(offered(true, "x", true), (Names{"SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "PLAIN", "LOGIN"}));
  EXPECT_EQ(begin("CRAM-MD5"), nullptr);
  EXPECT_EQ(begin("SCRAM-SHA-256-PLUS"), nullptr) << "nothing to bind to";
}

// RFC 4616 §4's examples, with our names.
TEST_F(SaslTest, Plain) {
  auto s = begin("plain");
  EXPECT_EQ(step(*s, std::nullopt).kind, Step::challenge);
  const auto good = step(*s, plain("", "ann@example.org", "secret"));
  ASSERT_EQ(good.kind, Step::success);
  EXPECT_EQ(good.identity->name, "ann@example.org");
  EXPECT_EQ(step(*begin("PLAIN"), plain("ann@example.org", "ann@example.org", "secret")).kind, Step::success);
  const auto other = step(*begin("PLAIN"), plain("Ursel", "ann@example.org", "secret"));
  ASSERT_EQ(other.kind, Step::failure);
  EXPECT_EQ(other.error->code, Errc::auth_failed);
  EXPECT_EQ(step(*begin("PLAIN"), plain("", "ann@example.org", "wrong")).error->code, Errc::auth_failed);
}

TEST_F(SaslTest, HostilePlainIsASyntaxError) {
  for (const auto& bad :
       {std::string(), std::string("\0", 1), std::string("\0\0", 2), std::string("\0ann@example.org", 16),
        plain("", "", "secret"), plain("", "ann@example.org", ""), plain("", "ann@example.org", std::string("a\0b", 3)),
        plain("", "\xff\xfe", "secret"), plain("", "ann@example.org", "\xc0\x80"), plain("\xff", "ann", "secret"),
        std::string(100'000, 'a'), plain("", "ann@example.org", std::string(20'000, 'a'))}) {
    const auto s = step(*begin("PLAIN"), bad);
    ASSERT_EQ(s.kind, Step::failure);
    EXPECT_EQ(s.error->code, Errc::syntax);
  }
}

TEST_F(SaslTest, Login) {
  auto s = begin("LOGIN");
  EXPECT_EQ(step(*s, std::nullopt).data, "Username:");
  EXPECT_EQ(step(*s, "ann@example.org").data, "Password:");
  EXPECT_EQ(step(*s, "secret").kind, Step::success);
  auto initial = begin("LOGIN");
  EXPECT_EQ(step(*initial, "ann@example.org").data, "Password:");
  EXPECT_EQ(step(*initial, "wrong").error->code, Errc::auth_failed);
  EXPECT_EQ(step(*begin("LOGIN"), "").error->code, Errc::syntax);
}

TEST_F(SaslTest, AbortedExchangesLeaveNothing) {
  const auto before = argon2_runs();
  for (int i = 0; i < 10'000; ++i) (void)begin(i % 2 ? "LOGIN" : "SCRAM-SHA-256");
  for (int i = 0; i < 300; ++i) {
    auto s = begin("SCRAM-SHA-256");
    EXPECT_EQ(step(*s, "n,,n=ann@example.org,r=abc").kind, Step::challenge);
  }
  EXPECT_EQ(argon2_runs(), before);
  EXPECT_TRUE(verify("ann@example.org", "secret"));
}

// RFC 7677 §3.
TEST(Scram, VectorOfRfc7677) {
  const auto salt = *base64_decode("W22ZaJ0SNY7soEsUEjb6gQ==");
  const auto v = scram_verifier("pencil", salt, 4096);
  const auto first = parse_client_first("n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
  ASSERT_TRUE(first);
  EXPECT_EQ(first->user, "user");
  const auto nonce = first->nonce + "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
  const auto server_first = scram_server_first(nonce, v);
  EXPECT_EQ(server_first, "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096");
  const auto last = parse_client_final(
      "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
  ASSERT_TRUE(last);
  EXPECT_EQ(last->channel_binding, "n,,");
  EXPECT_EQ(last->nonce, nonce);
  const auto auth = cat(first->bare, ',', server_first, ',', last->without_proof);
  EXPECT_TRUE(scram_proof_ok(v, auth, last->proof));
  EXPECT_EQ(scram_server_final(v, auth), "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
  auto wrong = last->proof;
  wrong[5] = static_cast<char>(wrong[5] ^ 1);
  EXPECT_FALSE(scram_proof_ok(v, auth, wrong));
  EXPECT_FALSE(scram_proof_ok(v, auth + "x", last->proof));
}

TEST(Scram, ClientFirstGrammar) {
  const auto named = parse_client_first("p=tls-exporter,a=x=2Cy,n=a=3Db,r=abc,ext=1");
  ASSERT_TRUE(named);
  EXPECT_EQ(named->cb_name, "tls-exporter");
  EXPECT_EQ(named->authzid, "x,y");
  EXPECT_EQ(named->user, "a=b");
  EXPECT_EQ(named->gs2_header, "p=tls-exporter,a=x=2Cy,");
  for (const auto* bad :
       {"", "n", "n,", "n,,", "n,,n=", "n,,n=a", "n,,n=a,r=", "n,,r=a,n=b", "x,,n=a,r=b", "p=,,n=a,r=b", "n,b,n=a,r=b",
        "n,,n=a=b,r=c", "n,,n=a,r=b\x01", "n,,m=x,n=a,r=b", "n,,n=\xff,r=b", "nn,,n=a,r=b"})
    EXPECT_FALSE(parse_client_first(bad)) << bad;
}

// The client's side, for the tests below: RFC 5802 §3.
std::string client_final(std::string_view password, std::string_view client_first, std::string_view server_first,
                         std::string_view binding) {
  const auto bare = client_first.substr(client_first.find(',', client_first.find(',') + 1) + 1);
  const auto s_at = server_first.find(",s=");
  const auto i_at = server_first.find(",i=");
  const auto salt = *base64_decode(server_first.substr(s_at + 3, i_at - s_at - 3));
  const auto n = *parse_number<std::uint32_t>(server_first.substr(i_at + 3));
  const auto without = cat("c=", base64_encode(binding), ',', server_first.substr(0, s_at));
  const auto auth = cat(bare, ',', server_first, ',', without);
  // ClientKey from SaltedPassword by one more derivation than the verifier keeps.
  std::string u = hmac_sha256(password, salt + std::string("\0\0\0\1", 4)), salted = u;
  for (std::uint32_t i = 1; i < n; ++i) {
    u = hmac_sha256(password, u);
    for (std::size_t k = 0; k < 32; ++k) salted[k] = static_cast<char>(salted[k] ^ u[k]);
  }
  auto proof = hmac_sha256(salted, "Client Key");
  const auto signature = hmac_sha256(sha256(proof), auth);
  for (std::size_t k = 0; k < 32; ++k) proof[k] = static_cast<char>(proof[k] ^ signature[k]);
  return cat(without, ",p=", base64_encode(proof));
}

class ScramTest : public SaslTest {
 protected:
  Step exchange(std::string user, std::string password, std::string header = "n,,", std::string binding = "n,,",
                std::string mechanism = "SCRAM-SHA-256") {
    auto s = begin(mechanism);
    const auto first = cat(header, "n=", user, ",r=clientnonce");
    auto challenge = step(*s, first);
    if (challenge.kind != Step::challenge) return challenge;
    return step(*s, client_final(password, first, challenge.data, binding));
  }
};

TEST_F(ScramTest, DevicesAndOptInAccountsLogIn) {
  const auto password = ok(directory.add_device("ann@example.org", "laptop", imap));
  const auto good = exchange("ann@example.org+laptop", password);
  ASSERT_EQ(good.kind, Step::success);
  EXPECT_EQ(good.identity->device.name, "laptop");
  EXPECT_TRUE(good.data.starts_with("v="));
  EXPECT_EQ(exchange("ann@example.org+laptop", "wrong").error->code, Errc::auth_failed);
  EXPECT_EQ(exchange("ann@example.org", "secret").error->code, Errc::auth_failed) << "no verifier";
  ok(directory.set_password("ann@example.org", "secret", true));
  EXPECT_EQ(exchange("ann@example.org", "secret").kind, Step::success);
  context.scope = submission;
  EXPECT_EQ(exchange("ann@example.org+laptop", password).error->code, Errc::auth_failed);
  ok(directory.set_enabled("ann@example.org", false));
  EXPECT_EQ(exchange("ann@example.org", "secret").error->code, Errc::auth_failed);
}

TEST_F(ScramTest, ADeviceRemovedMidwayDoesNotGetIn) {
  const auto password = ok(directory.add_device("ann@example.org", "laptop", imap));
  auto s = begin("SCRAM-SHA-256");
  const std::string first = "n,,n=ann@example.org+laptop,r=abc";
  const auto challenge = step(*s, first);
  ok(directory.remove_device("ann@example.org", "laptop"));
  EXPECT_EQ(step(*s, client_final(password, first, challenge.data, "n,,")).kind, Step::failure);
}

TEST_F(ScramTest, UnknownNamesHaveStableSalts) {
  auto salt = [&](const std::string& user) {
    const auto data = step(*begin("SCRAM-SHA-256"), cat("n,,n=", user, ",r=abc")).data;
    return data.substr(data.find(",s="));
  };
  EXPECT_EQ(salt("bob@example.org"), salt("bob@example.org"));
  EXPECT_NE(salt("bob@example.org"), salt("carl@example.org"));
  EXPECT_EQ(exchange("bob@example.org", "x").error->code, Errc::auth_failed);
}

TEST_F(ScramTest, ChannelBinding) {
  const auto password = ok(directory.add_device("ann@example.org", "laptop", imap));
  const std::string user = "ann@example.org+laptop", plus = "SCRAM-SHA-256-PLUS", p = "p=tls-exporter,,";
  context.tls_exporter = std::string(32, 'k');
  EXPECT_EQ(exchange(user, password, p, p + context.tls_exporter, plus).kind, Step::success);
  EXPECT_EQ(exchange(user, password, p, p + std::string(32, 'm'), plus).kind, Step::failure) << "another TLS session";
  EXPECT_EQ(exchange(user, password, "p=tls-unique,,", "p=tls-unique,," + context.tls_exporter, plus).kind,
            Step::failure);
  EXPECT_EQ(exchange(user, password, "n,,", "n,,", plus).kind, Step::failure);
  EXPECT_EQ(exchange(user, password, p, p + context.tls_exporter).kind, Step::failure) << "p without PLUS";
  EXPECT_EQ(exchange(user, password, "y,,", "y,,").kind, Step::failure) << "downgrade";
  EXPECT_EQ(exchange(user, password, "n,,", "y,,").kind, Step::failure) << "another header than sent";
  EXPECT_EQ(exchange(user, password).kind, Step::success);
  context.tls_exporter.clear();
  EXPECT_EQ(exchange(user, password, "y,,", "y,,").kind, Step::success);
}

TEST_F(ScramTest, HostileFinals) {
  for (const auto* bad :
       {"", "c=biws", "c=biws,r=abc", "c=!!,r=abc,p=AAAA", "c=biws,r=abc,p=AAAA", ",p=", "r=abc,c=biws,p="}) {
    auto s = begin("SCRAM-SHA-256");
    ASSERT_EQ(step(*s, "n,,n=ann@example.org,r=abc").kind, Step::challenge);
    EXPECT_EQ(step(*s, bad).error->code, Errc::syntax) << bad;
  }
}

}  // namespace
}  // namespace mailstead::auth
