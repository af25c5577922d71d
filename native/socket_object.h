#pragma once

#include <napi.h>

#include <memory>

#include "netlink_socket.h"

namespace lvs {

/** The `AddonSocket` of src/netlink/kernel-transport.ts. */
Napi::Object make_socket_object(Napi::Env env, std::unique_ptr<NetlinkSocket> socket);

}  // namespace lvs
