// Stands for the package `debug` in the bundle: its users here would only trace proxies, and Sentinel's own
// environment must not make them print.

module.exports = () => () => {}
