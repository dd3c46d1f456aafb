#pragma once

#include "app/upstream.hpp"

#include "stockcast/base/asio.hpp"
#include "stockcast/base/event.hpp"
#include "stockcast/net/tls.hpp"

#include <memory>
#include <string>

namespace stockcast {

/// When the files of a certificate are to be read: once they have changed and then stood still for one look, since a
/// renewal writes the certificate first and its key a moment later.
class FileChanges {
public:
    explicit FileChanges(std::string times) : taken_(times), last_(std::move(times)) {}
    /// `times`: when each file last changed, as one text.
    bool look(std::string times);

private:
    std::string taken_;
    std::string last_;
};

/// TLS_CERT_FILE and TLS_KEY_FILE over the life of a server: loaded at the start, read again when asked (SIGHUP) and when
/// they change, and an alert where a new pair can't be taken or ours comes near its end.
class CertificateWatch {
public:
    /// Null without TLS. Throws Failure when the files can't serve.
    static std::unique_ptr<CertificateWatch> make(const Settings& settings, Surrounds with);

    const std::shared_ptr<TlsServerContext>& context() const { return context_; }
    /// Reads the files again at once; run() does it.
    void reload();
    /// Until cancelled.
    asio::awaitable<void> run();

private:
    CertificateWatch(const Settings& settings, Surrounds with);
    asio::awaitable<void> take();
    asio::awaitable<std::string> change_times();
    void judge_end();

    Surrounds with_;
    std::string cert_file_;
    std::string key_file_;
    std::shared_ptr<TlsServerContext> context_;
    Event asked_;
    bool is_asked_ = false;
    Steady try_again_ = Steady::max();  ///< what was refused
};

}  // namespace stockcast
