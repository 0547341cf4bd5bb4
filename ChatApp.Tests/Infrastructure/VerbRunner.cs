using System.CommandLine;
using ChatApp.CommandLine;
using Xunit;

namespace ChatApp.Tests.Infrastructure;

/// <summary>Runs verbs within the tests' process, on services of the test.</summary>
internal static class VerbRunner
{
    /// <returns>What it has printed.</returns>
    public static async Task<string> RunAsync(IServiceProvider services, string arguments)
    {
        var root = new RootCommand
        {
            UserVerbs.Create(services), ProviderVerbs.Create(services), ModelVerbs.Create(services), AgentVerbs.Create(services),
        };
        var result = root.Parse(arguments);
        Assert.Empty(result.Errors);
        using var output = new StringWriter();
        await result.InvokeAsync(new InvocationConfiguration { Output = output, Error = output, EnableDefaultExceptionHandler = false });
        return output.ToString();
    }
}
