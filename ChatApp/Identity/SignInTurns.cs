using ChatApp.Data;

namespace ChatApp.Identity;

/// <summary>
/// How many passwords are looked at at once. Each costs a tenth of a second of a processor, on purpose, and whoever has no account
/// can have it spent: without turns a few connections would take the processors from everybody's answers.
/// </summary>
public sealed class SignInTurns(int atOnce, int waiting) : IDisposable
{
    private readonly SemaphoreSlim _turns = new(atOnce);
    private int _entered;

    public SignInTurns()
        : this(Math.Max(1, Environment.ProcessorCount / 2), 40)
    {
    }

    /// <summary>Waits for a turn, which ends with what is returned.</summary>
    /// <exception cref="RequestProblem">Too many wait already.</exception>
    public async Task<IDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _entered) > atOnce + waiting)
        {
            Interlocked.Decrement(ref _entered);
            throw new RequestProblem(429, "too_many_sign_ins", "Too many people sign in at once. Try again in a moment.") { RetryAfter = TimeSpan.FromSeconds(2) };
        }
        try
        {
            await _turns.WaitAsync(cancellationToken);
        }
        catch
        {
            Interlocked.Decrement(ref _entered);
            throw;
        }
        return new Turn(this);
    }

    public void Dispose() => _turns.Dispose();

    private void Leave()
    {
        _turns.Release();
        Interlocked.Decrement(ref _entered);
    }

    private sealed class Turn(SignInTurns turns) : IDisposable
    {
        private SignInTurns? _turns = turns;

        public void Dispose() => Interlocked.Exchange(ref _turns, null)?.Leave();
    }
}
