namespace ChatApp.Tests.Architecture;

/// <summary>Names one type in each place where code can hide one, for the test of the reader. Never runs.</summary>
internal sealed class HiddenReferences
{
    private readonly Dictionary<string, Uri[]> typeArgumentOfAField = [];

    [Obsolete("Only the attribute matters.")]
    public int Count => typeArgumentOfAField.Count;

    public static async Task<object> InAnAsyncMethodAsync()
    {
        await Task.Yield();
        return new Version(1, 0);
    }

    public static IEnumerable<object> InAnIterator()
    {
        yield return new Lazy<int>(1);
    }

    public static Func<bool> InALambda() => () => OperatingSystem.IsLinux();

    public static Func<Task<string>> InAnAsyncLambda() =>
        async () =>
        {
            await Task.Yield();
            return TimeZoneInfo.Local.Id;
        };

    public static object AfterAJumpTable(int value)
    {
        switch (value)
        {
            case 0:
                return "zero";
            case 1:
                return "one";
            case 2:
                return "two";
            case 3:
                return "three";
            default:
                return Environment.ProcessId;
        }
    }

    public static object InALocalFunction()
    {
        return Local(1);

        static object Local(int value) => Tuple.Create(value);
    }
}
