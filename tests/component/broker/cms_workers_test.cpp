// SPDX-License-Identifier: LGPL-2.1-or-later
// Tests of the pool of CMS workers, on the real zygote and its real children.
#include "broker/cms_workers.hpp"

#include "catch.hpp"
#include "loop_wait.hpp"

using namespace cardseal;
using namespace cardseal::broker;
using namespace cardseal::testing;

namespace {

class Pool {
public:
    explicit Pool(const std::string& program = CMS_WORKER) : workers(loop, program) {}

    CmsWorker fresh() {
        return taken([&](auto told) { workers.take_fresh(told); });
    }
    CmsWorker for_signing(const std::string& caller) {
        return taken([&](auto told) { workers.take_for_signing(caller, told); });
    }

    EventLoop loop;
    CmsWorkers workers;

private:
    template <class Take>
    CmsWorker taken(Take take) {
        std::optional<Outcome<CmsWorker>> outcome;
        take([&](Outcome<CmsWorker> told) { outcome.emplace(std::move(told)); });
        wait_until(loop, [&] { return outcome.has_value(); });
        if (const auto* error = error_of(*outcome)) throw Error(*error);
        return std::get<CmsWorker>(std::move(*outcome));
    }
};

/// What a broken broker would send; the worker dies of it, as it must.
void make_crash(const CmsWorker& worker) {
    (void)worker.channel().send({.type = ipc::MessageType::Login}, {}, {}, ipc::Waiting::Block);
}

}  // namespace

TEST_CASE("CMS workers: each one taken fresh is another process") {
    Pool pool;

    const auto first = pool.fresh(), second = pool.fresh();

    CHECK(first.pid() != second.pid());
}

TEST_CASE("CMS workers: one that signed may sign again, for the same caller only") {
    Pool pool;
    auto worker = pool.for_signing(":1.1");
    const auto pid = worker.pid();
    pool.workers.give_back(":1.1", std::move(worker));

    CHECK(pool.for_signing(":1.2").pid() != pid);
    CHECK(pool.fresh().pid() != pid);
    CHECK(pool.for_signing(":1.1").pid() == pid);
    CHECK(pool.for_signing(":1.1").pid() != pid);
}

TEST_CASE("CMS workers: what was kept for a caller goes when it leaves") {
    Pool pool;
    auto worker = pool.for_signing(":1.1");
    const auto pid = worker.pid();
    pool.workers.give_back(":1.1", std::move(worker));

    pool.workers.caller_left(":1.1");

    CHECK(pool.for_signing(":1.1").pid() != pid);
}

TEST_CASE("CMS workers: after an abnormal death the siblings are not used any more") {
    Pool pool;
    auto kept = pool.for_signing(":1.1");
    const auto kept_pid = kept.pid();
    pool.workers.give_back(":1.1", std::move(kept));
    const auto crashing = pool.fresh();
    const auto generation = crashing.generation();

    make_crash(crashing);

    wait_until(pool.loop, [&] { return pool.fresh().generation() > generation; });
    const auto next = pool.for_signing(":1.1");
    CHECK(next.pid() != kept_pid);
    CHECK(next.generation() > generation);
}

TEST_CASE("CMS workers: one that we kill does not replace its siblings") {
    Pool pool;
    const auto generation = pool.fresh().generation();  // killed here, with its owner

    for (int i = 0; i < 8; ++i) CHECK(pool.fresh().generation() == generation);
}

TEST_CASE("CMS workers: when they cannot be started, who waits is told why") {
    Pool pool("/nonexistent/worker");

    for (int i = 0; i < 2; ++i) CHECK_THROWS_WITH(pool.fresh(), ContainsSubstring("/nonexistent/worker"));
}
