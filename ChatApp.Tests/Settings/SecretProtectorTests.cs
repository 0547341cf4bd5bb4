using ChatApp.Settings;
using Microsoft.AspNetCore.DataProtection;
using Xunit;

namespace ChatApp.Tests.Settings;

public sealed class SecretProtectorTests
{
    private readonly SecretProtector _protector = new(new EphemeralDataProtectionProvider());

    [Fact]
    public void Unprotect_WhatProtectMade_IsTheSecretAgain()
    {
        string stored = _protector.Protect("sk-canary");
        Assert.DoesNotContain("canary", stored, StringComparison.Ordinal);
        Assert.Equal("sk-canary", _protector.Unprotect(stored));
        Assert.Null(_protector.Unprotect(null));
    }

    [Fact]
    public void Unprotect_OtherKeyRingOrGarbage_IsATypedFailure()
    {
        var elsewhere = new SecretProtector(new EphemeralDataProtectionProvider());
        Assert.Throws<UnreadableSecretException>(() => elsewhere.Unprotect(_protector.Protect("sk-canary")));
        Assert.Throws<UnreadableSecretException>(() => _protector.Unprotect("not protected"));
    }
}
