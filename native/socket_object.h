#pragma once

#include <napi.h>

#include <memory>

#include "netlink_socket.h"

namespace lvs {

/** Creates the `AddonSocket` of the TypeScript transport. */
Napi::Object make_socket_object(Napi::Env env, std::unique_ptr<NetlinkSocket> socket);

}  // namespace lvs
