{
  "targets": [
    {
      "target_name": "lvs_netlink",
      "sources": [
        "native/addon.cc",
        "native/arguments.cc",
        "native/datagram.cc",
        "native/netlink_socket.cc",
        "native/netns.cc",
        "native/open_files.cc",
        "native/operation.cc",
        "native/socket_object.cc",
        "native/system_error.cc"
      ],
      "include_dirs": ["<!@(pkg-config --cflags-only-I libnl-3.0 libnl-genl-3.0 | sed s/-I//g)"],
      "libraries": ["<!@(pkg-config --libs libnl-3.0 libnl-genl-3.0)"],
      "defines": ["NAPI_VERSION=9"],
      "cflags_cc": ["-std=c++17", "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion", "-fexceptions", "-fvisibility=hidden", "-fstack-protector-strong"],
      "cflags_cc!": ["-fno-exceptions", "-fno-rtti"],
      "ldflags": ["-Wl,-z,relro,-z,now"]
    }
  ]
}
