using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace ChatApp.Identity;

/// <summary>Prints on the console how to become the first admin, while there is none.</summary>
internal sealed class FirstRunNotice(FirstRun firstRun, IServer server) : IHostedLifecycleService
{
    // On the console itself: the code is for whoever started the server, not for wherever logs are sent.
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        if (!await firstRun.IsPendingAsync(cancellationToken))
            return;
        string address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault()?.TrimEnd('/') ?? "";
        Console.WriteLine($"""

              This server has no admin yet. Open {address}{FirstRun.Path} to become it.
              From another machine or through a proxy, enter the code {firstRun.Code}

            """);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
