{
  "targets": [
    {
      "target_name": "lvs_netlink",
      "sources": [
        "native/addon.cc",
        "native/arguments.cc",
        "native/async_socket.cc",
        "native/datagram.cc",
        "native/errors.cc",
        "native/netlink_socket.cc",
        "native/netns.cc",
        "native/open_files.cc",
        "native/operation.cc",
        "native/packet_socket.cc",
        "native/socket_object.cc",
        "native/worker.cc"
      ],
      "include_dirs": ["<!@(pkg-config --cflags-only-I libnl-3.0 libnl-genl-3.0 | sed s/-I//g)"],
      "libraries": ["<!@(pkg-config --libs libnl-3.0 libnl-genl-3.0)"],
      "defines": [
        "NAPI_VERSION=9",
        "NODE_ADDON_API_DISABLE_DEPRECATED",
        # Without C++ exceptions a wrapper that fails gives an empty value, and the next use of it aborts the process.
        "NODE_ADDON_API_CPP_EXCEPTIONS",
        # Those of the standard library are caught as well: none may unwind into Node.
        "NODE_ADDON_API_CPP_EXCEPTIONS_ALL",
        # In a worker that is being terminated nothing can be thrown: that, too, would abort the process.
        "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS"
      ],
      "cflags_cc": [
        # A system header, for it does not stand the warnings below; the path is seen from build/. NODE_PATH is for a
        # copy of this directory outside the tree (test/native/sanitize.sh).
        "-isystem../<!(NODE_PATH=\"$npm_config_local_prefix/node_modules\" node -p \"require('node-addon-api').include_dir\")",
        "-std=c++17",
        "-Wall",
        "-Wextra",
        "-Wpedantic",
        "-Wshadow",
        "-Wconversion",
        "-fexceptions",
        "-fvisibility=hidden",
        "-fstack-protector-strong"
      ],
      "cflags_cc!": ["-fno-exceptions", "-fno-rtti"],
      "ldflags": ["-Wl,-z,relro,-z,now"]
    }
  ]
}
