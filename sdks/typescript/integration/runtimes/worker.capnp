using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "internet", network = (allow = ["public", "private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);

const worker :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "build/worker.js")],
  compatibilityDate = "2025-01-01",
  bindings = [
    (name = "EXAI_BASE_URL", fromEnvironment = "EXAI_BASE_URL"),
    (name = "EXAI_API_KEY", fromEnvironment = "EXAI_API_KEY"),
  ],
);
