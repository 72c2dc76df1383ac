import Glibc

/// Starts threads that take no signals, which are the application's own: a thread inherits the mask of the one that makes it.
func withoutSignals<Result>(_ start: () -> Result) -> Result {
    var (all, before) = (sigset_t(), sigset_t())
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    return start()
}
