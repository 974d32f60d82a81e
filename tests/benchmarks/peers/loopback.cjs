// Loaded before Logto's connector, whose endpoint is a constant in its code: sends its connections
// to the provider of this run instead. Nothing in the connector is changed, and its TLS client
// checks the certificate for the name it asked for.
const dns = require("node:dns");
const net = require("node:net");

const HOST = "dysmsapi.aliyuncs.com";
const port = Number(new URL(JSON.parse(process.env.SMS_CONNECTOR_CONFIG).endpoint).port);

const lookup = dns.lookup;
dns.lookup = (host, options, callback) => {
  if (host !== HOST) return lookup(host, options, callback);
  const given = typeof options === "function" ? options : callback;
  const address = { address: "127.0.0.1", family: 4 };
  process.nextTick(() => (options.all ? given(null, [address]) : given(null, address.address, 4)));
};

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) {
  const options = Array.isArray(args[0]) ? args[0][0] : args[0];
  if (options?.host === HOST) options.port = port;
  return connect.apply(this, args);
};
