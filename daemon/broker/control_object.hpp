// SPDX-License-Identifier: LGPL-2.1-or-later
// ControlObject: the interface for the person, org.cardseal.CardsealControl1.
#pragma once

#include "sdbus_compat.hpp"

#include "broker/jobs.hpp"
#include "org.cardseal.CardsealControl1-adaptor.hpp"

namespace cardseal::broker {

class ControlObject final : public sdbus::AdaptorInterfaces<org::cardseal::CardsealControl1_adaptor> {
public:
    ControlObject(sdbus::IConnection& connection, const Configuration& configuration, TokenModules& modules,
                  const Jobs& jobs);
    ControlObject(const ControlObject&) = delete;
    ControlObject& operator=(const ControlObject&) = delete;
    ~ControlObject();

private:
    using StatusTold = sdbus::Result<std::map<std::string, sdbus::Variant>>;

    void GetStatus(StatusTold&& result) override;
    void Lock(sdbus::Result<>&& result) override;
    std::map<std::string, sdbus::Variant> status() const;

    const Configuration& configuration_;
    TokenModules& modules_;
    const Jobs& jobs_;
};

}  // namespace cardseal::broker
