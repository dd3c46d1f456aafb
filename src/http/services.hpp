#pragma once

#include "http/company_key.hpp"
#include "http/notification_lines.hpp"

#include "stockcast/base/alerts.hpp"
#include "stockcast/base/clock.hpp"
#include "stockcast/base/log.hpp"
#include "stockcast/base/metrics.hpp"
#include "stockcast/base/offload.hpp"
#include "stockcast/base/process_usage.hpp"
#include "stockcast/base/random.hpp"
#include "stockcast/fanout/broadcaster.hpp"
#include "stockcast/http/api.hpp"
#include "stockcast/ledger/ledger.hpp"
#include "stockcast/store/store.hpp"

namespace stockcast {

class Access;
class AuditTrail;
class ProductAnswers;
class Readers;
class RequestJournal;

/// What handlers work with; lives as long as the Api.
struct Services {
    const ApiSettings& settings;
    Ledger& ledger;
    Store& store;
    Broadcaster& broadcaster;
    Upstream& upstream;
    Workers& workers;  ///< for what somebody waits for and is short
    Readers& readers;  ///< for what may be long
    Clock& clock;
    Random& random;
    Log& log;
    Alerts& alerts;
    Metrics& metrics;
    ProcessMetrics& process;
    RequestJournal& journal;
    Access& access;
    AuditTrail& audit;
    CompanyKey& company_key;
    NotificationLines& lines;
    ProductAnswers& product_answers;
};

}  // namespace stockcast
