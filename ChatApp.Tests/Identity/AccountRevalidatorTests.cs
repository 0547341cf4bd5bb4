using ChatApp.Data;
using ChatApp.Identity;
using ChatApp.Tests.Infrastructure;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Identity;

public sealed class AccountRevalidatorTests
{
    [Theory]
    [InlineData("disabled")]
    [InlineData("demoted")]
    [InlineData("new stamp")]
    public async Task OpenCircuit_AccountChanges_IsSignedOutWithinFiveSeconds(string change)
    {
        await using var app = await TestApp.StartAsync();
        await app.CreateUserAsync("other@example.com", admin: true);
        var id = await app.CreateUserAsync("root@example.com", admin: true);
        await using var scope = app.Services.CreateAsyncScope();
        var account = (await scope.ServiceProvider.GetRequiredService<AccountService>().FindByEmailAsync("root@example.com"))!;
        var principal = await scope.ServiceProvider.GetRequiredService<AccountSignIn>().CreateUserPrincipalAsync(account);
        var provider = Assert.IsType<AccountRevalidator>(scope.ServiceProvider.GetRequiredService<AuthenticationStateProvider>());
        var changed = new TaskCompletionSource<AuthenticationState>(TaskCreationOptions.RunContinuationsAsynchronously);
        ((IHostEnvironmentAuthenticationStateProvider)provider).SetAuthenticationState(Task.FromResult(new AuthenticationState(principal)));
        provider.AuthenticationStateChanged += async state => changed.TrySetResult(await state);

        // Straight in the database, as another process or an older version may do it: without a new security stamp.
        await using (var db = await app.Services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync())
        {
            var now = TimeProvider.System.GetUtcNow().UtcDateTime;
            await (change switch
            {
                "disabled" => db.Users.Where(u => u.Id == id).ExecuteUpdateAsync(s => s.SetProperty(u => u.DisabledAt, now)),
                "demoted" => db.UserRoles.Where(r => r.UserId == id).ExecuteDeleteAsync(),
                _ => db.Users.Where(u => u.Id == id).ExecuteUpdateAsync(s => s.SetProperty(u => u.SecurityStamp, "other")),
            });
        }

        // The framework waits by the system's clock: the interval is what is promised, and the event what is waited for, however busy the machine is.
        Assert.InRange(IdentityServices.RevalidationInterval, TimeSpan.Zero, TimeSpan.FromSeconds(4));
        var after = await changed.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.False(after.User.Identity?.IsAuthenticated);
    }
}
