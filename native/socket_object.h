#pragma once

#include <node_api.h>

#include <memory>

#include "netlink_socket.h"

namespace lvs {

/** The `AddonSocket` of src/netlink/kernel-transport.ts. Null with an exception pending. */
napi_value make_socket_object(napi_env env, std::shared_ptr<NetlinkSocket> socket);

}  // namespace lvs
